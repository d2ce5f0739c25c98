"""The instance file: what an instance is configured to be."""

from __future__ import annotations

from headrace_services.kit.config.model import InstanceConfig

__all__ = ["InstanceConfig"]
