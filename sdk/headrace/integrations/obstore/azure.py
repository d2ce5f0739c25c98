"""Output of steps in Azure Blob Storage, with the settings that obstore's store has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from headrace.integrations.azure.blob_store import AzureAccess, open_container
from headrace.integrations.objects.compute_logs import UploadedLogs
from headrace.integrations.objects.store import ObjectStore
from headrace.settings import Secret, setting

_REMEDY = "set access_key_id, sas_token or client_id with client_secret and tenant_id under compute_logs"


@dataclass(frozen=True)
class ADLSComputeLogManager(UploadedLogs):
    """Keeps the output of steps in Azure Blob Storage; what is left out is read from the environment."""

    named = "container"
    library, extra = "obstore", "azure"

    storage_account: str = setting("", "The account.")
    container: str = setting("", "The container.")
    access_key_id: Secret = setting(Secret(), "The account's key.")
    sas_token: Secret = setting(Secret(), "A shared access signature.")
    client_id: str | None = setting(None, "An application that asks.")
    client_secret: Secret = setting(Secret(), "Its secret.")
    tenant_id: str | None = setting(None, "The tenant that knows it.")
    use_azure_cli: bool = setting(False, "Whether the command line tool of Azure says who asks.")
    endpoint: str | None = setting(None, "Another address of the account's blobs than Azure's own.")
    extra_azure_args: Mapping[str, Any] = setting({}, "Further settings of obstore's AzureStore.")

    def check(self) -> Mapping[str, str]:
        """Returns what is missing, by field."""
        return {name: "missing" for name in ("storage_account", "container") if not getattr(self, name)}

    def open_store(self) -> ObjectStore:
        """Opens the container."""
        settings = {
            "account_key": self.access_key_id.reveal(),
            "sas_key": self.sas_token.reveal(),
            "client_id": self.client_id,
            "client_secret": self.client_secret.reveal(),
            "tenant_id": self.tenant_id,
            "use_azure_cli": self.use_azure_cli,
        }
        access = AzureAccess(
            self.storage_account, settings, endpoint=self.endpoint, extra_settings=self.extra_azure_args
        )
        return open_container(access, self.container, _REMEDY)
