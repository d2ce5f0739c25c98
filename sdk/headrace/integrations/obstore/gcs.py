"""Output of steps in Google Cloud Storage, with the settings that obstore's store has."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from headrace.integrations.gcp.clients import service_account_of, storage_client
from headrace.integrations.gcp.gcs_store import GcsClientStore
from headrace.integrations.objects.compute_logs import UploadedLogs
from headrace.integrations.objects.store import ObjectStore
from headrace.settings import Secret, setting


@dataclass(frozen=True)
class GCSComputeLogManager(UploadedLogs):
    """Keeps the output of steps in Google Cloud Storage.

    It goes through Google's own client: that one can be proved against a server that runs here, obstore's cannot.
    """

    library, extra = "google.cloud.storage", "gcp"

    bucket: str = setting("", "The bucket.")
    service_account_key: Secret = setting(Secret(), "The JSON of a service account's key.")
    service_account_path: str | None = setting(None, "The file that has it.")

    def open_store(self) -> ObjectStore:
        """Opens the bucket."""
        if self.service_account_path:
            key, where = Path(self.service_account_path).read_text(), self.service_account_path
        else:
            key, where = self.service_account_key.reveal(), "service_account_key"
        return GcsClientStore(storage_client(None, service_account_of(key, where) if key else None), self.bucket)
