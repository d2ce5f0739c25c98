"""Output of steps in Google Cloud Storage."""

from __future__ import annotations

import os
from dataclasses import dataclass

from headrace.errors import InvalidConfigError
from headrace.integrations.gcp.clients import service_account_of, storage_client
from headrace.integrations.gcp.gcs_store import GcsClientStore
from headrace.integrations.objects.compute_logs import UploadedLogs
from headrace.integrations.objects.store import ObjectStore
from headrace.settings import setting


@dataclass(frozen=True)
class GCSComputeLogManager(UploadedLogs):
    """Keeps the output of steps in Google Cloud Storage; credentials are found as Google's libraries do."""

    library, extra = "google.cloud.storage", "gcp"

    bucket: str = setting("", "The bucket.")
    json_credentials_envvar: str | None = setting(
        None, "The environment variable that has the JSON of a service account's key, for services and workers alike."
    )

    def open_store(self) -> ObjectStore:
        """Opens the bucket."""
        name = self.json_credentials_envvar
        if name is None:
            return GcsClientStore(storage_client(), self.bucket)
        if name not in os.environ:
            raise InvalidConfigError(f"the environment variable {name} is not set; json_credentials_envvar asks for it")
        return GcsClientStore(storage_client(None, service_account_of(os.environ[name], name)), self.bucket)
