"""Compute log managers through obstore, one for each of the large providers."""

from __future__ import annotations

from headrace.integrations.obstore.s3 import S3ComputeLogManager

__all__ = ["S3ComputeLogManager"]
