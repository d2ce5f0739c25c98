"""Compute log managers with the settings of obstore's stores, one for each of the large providers."""

from __future__ import annotations

from headrace.integrations.obstore.azure import ADLSComputeLogManager
from headrace.integrations.obstore.gcs import GCSComputeLogManager
from headrace.integrations.obstore.s3 import S3ComputeLogManager

__all__ = ["ADLSComputeLogManager", "GCSComputeLogManager", "S3ComputeLogManager"]
