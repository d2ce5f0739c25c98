"""Output of steps in Azure Blob Storage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from headrace.integrations.azure.blob_store import AzureAccess, open_container
from headrace.integrations.objects.compute_logs import UploadedLogs
from headrace.integrations.objects.store import ObjectStore
from headrace.settings import Secret, setting

_REMEDY = "set access_key_or_sas_token, secret_credential or default_azure_credential under compute_logs"


@dataclass(frozen=True)
class ClientSecret:
    """An application that asks by its secret."""

    client_id: str = setting("", "The application.")
    client_secret: Secret = setting(Secret(), "Its secret.")
    tenant_id: str = setting("", "The tenant that knows it.")

    def check(self) -> Mapping[str, str]:
        """Returns what is missing, by field."""
        return {name: "missing" for name in ("client_id", "tenant_id") if not getattr(self, name)}


@dataclass(frozen=True)
class AzureBlobComputeLogManager(UploadedLogs):
    """Keeps the output of steps in Azure Blob Storage."""

    named = "container"
    library, extra = "obstore", "azure"

    storage_account: str = setting("", "The account.")
    container: str = setting("", "The container.")
    access_key_or_sas_token: Secret = setting(Secret(), "The account's key, or a shared access signature.")
    secret_credential: ClientSecret | None = setting(None, "An application that asks by its secret.")
    default_azure_credential: Mapping[str, Any] | None = setting(
        None, "What DefaultAzureCredential is made with; it finds the credentials itself."
    )
    endpoint: str | None = setting(None, "Another address of the account's blobs than Azure's own.")

    def __post_init__(self) -> None:
        """Takes the application as a mapping, too: a worker gets it so."""
        super().__post_init__()
        if isinstance(self.secret_credential, Mapping):
            given = dict(self.secret_credential)
            application = ClientSecret(**{**given, "client_secret": Secret(value=given.get("client_secret", ""))})
            object.__setattr__(self, "secret_credential", application)

    def check(self) -> Mapping[str, str]:
        """Returns what is missing, or given twice, by field."""
        missing = {name: "missing" for name in ("storage_account", "container") if not getattr(self, name)}
        ways = (
            self.access_key_or_sas_token.env or self.access_key_or_sas_token.value,
            self.secret_credential,
            self.default_azure_credential is not None,
        )
        if sum(map(bool, ways)) > 1:
            missing["access_key_or_sas_token"] = "give one of it, secret_credential and default_azure_credential"
        return missing

    def open_store(self) -> ObjectStore:
        """Opens the container."""
        return open_container(self._access(), self.container, _REMEDY)

    def _access(self) -> AzureAccess:
        if self.default_azure_credential is not None:
            return AzureAccess(
                self.storage_account, default_credential=self.default_azure_credential, endpoint=self.endpoint
            )
        return AzureAccess(self.storage_account, self._settings(), endpoint=self.endpoint)

    def _settings(self) -> Mapping[str, str]:
        if self.secret_credential is not None:
            application = self.secret_credential
            return {
                "client_id": application.client_id,
                "client_secret": application.client_secret.reveal(),
                "tenant_id": application.tenant_id,
            }
        given = self.access_key_or_sas_token.reveal()
        # A signature is a query; a key is base64 and has no ampersand.
        return {"sas_key" if "&" in given else "account_key": given}
