"""The launcher: turns orders into workers, watches them and ends them."""

from __future__ import annotations
