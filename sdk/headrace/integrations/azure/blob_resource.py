"""Azure Blob Storage as a resource."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from headrace.config.pythonic import Config
from headrace.definitions.resources.configurable_resource import ConfigurableResource
from headrace.integrations.vendor import vendor


class AzureBlobStorageSASTokenCredential(Config):
    """A shared access signature."""

    credential_type: Literal["sas"] = "sas"
    token: str


class AzureBlobStorageKeyCredential(Config):
    """The key of the account."""

    credential_type: Literal["key"] = "key"
    key: str


class AzureBlobStorageDefaultCredential(Config):
    """Whatever `DefaultAzureCredential` finds."""

    credential_type: Literal["default_azure_credential"] = "default_azure_credential"
    kwargs: dict[str, Any] = Field(default_factory=dict, description="What it is made with.")


class AzureBlobStorageAnonymousCredential(Config):
    """Nobody in particular."""

    credential_type: Literal["anonymous"] = "anonymous"


class AzureBlobStorageResource(ConfigurableResource[Any]):
    """Azure Blob Storage, through the client of Azure's library."""

    account_url: str = Field(description="The address of the account's blobs.")
    credential: (
        AzureBlobStorageSASTokenCredential
        | AzureBlobStorageKeyCredential
        | AzureBlobStorageDefaultCredential
        | AzureBlobStorageAnonymousCredential
    ) = Field(discriminator="credential_type", description="Who asks.")

    def get_client(self) -> Any:
        """A `BlobServiceClient`."""
        client = vendor("azure.storage.blob", "azure").BlobServiceClient
        return client(self.account_url, credential=self._native_credential())

    def _native_credential(self) -> Any:
        given = self.credential
        if isinstance(given, AzureBlobStorageDefaultCredential):
            return vendor("azure.identity", "azure").DefaultAzureCredential(**given.kwargs)
        if isinstance(given, AzureBlobStorageAnonymousCredential):
            return None
        return given.key if isinstance(given, AzureBlobStorageKeyCredential) else given.token
