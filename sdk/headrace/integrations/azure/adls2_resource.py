"""Azure Data Lake Storage as a resource."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from headrace.config.fields import Field as ConfigField
from headrace.config.fields import Permissive, Selector
from headrace.config.pythonic import Config
from headrace.config.sources import StringSource
from headrace.definitions.resources.configurable_resource import ConfigurableResource
from headrace.definitions.resources.resource import resource
from headrace.integrations.azure.blob_store import AzureAccess
from headrace.integrations.vendor import vendor


class ADLS2SASToken(Config):
    """A shared access signature."""

    credential_type: Literal["sas"] = "sas"
    token: str


class ADLS2Key(Config):
    """The key of the account."""

    credential_type: Literal["key"] = "key"
    key: str


class ADLS2DefaultAzureCredential(Config):
    """Whatever `DefaultAzureCredential` finds."""

    credential_type: Literal["default_azure_credential"] = "default_azure_credential"
    kwargs: dict[str, Any] = Field(default_factory=dict, description="What it is made with.")


class ADLS2Resource(ConfigurableResource[Any]):
    """A storage account, through the clients of Azure's libraries."""

    storage_account: str = Field(description="The account.")
    credential: ADLS2SASToken | ADLS2Key | ADLS2DefaultAzureCredential = Field(
        discriminator="credential_type", description="Who asks."
    )
    endpoint: str | None = Field(default=None, description="Another address of its blobs than Azure's own.")

    @property
    def adls2_client(self) -> Any:
        """A `DataLakeServiceClient`."""
        account = self.endpoint or f"https://{self.storage_account}.dfs.core.windows.net"
        client = vendor("azure.storage.filedatalake", "azure").DataLakeServiceClient
        return client(account, credential=self._native_credential())

    @property
    def blob_client(self) -> Any:
        """A `BlobServiceClient`."""
        client = vendor("azure.storage.blob", "azure").BlobServiceClient
        return client(self.access.address, credential=self._native_credential())

    @property
    def lease_client_constructor(self) -> Any:
        """The class of leases on files."""
        return vendor("azure.storage.filedatalake", "azure").DataLakeLeaseClient

    @property
    def access(self) -> AzureAccess:
        """How the account is reached."""
        given = self.credential
        if isinstance(given, ADLS2DefaultAzureCredential):
            return AzureAccess(self.storage_account, default_credential=given.kwargs, endpoint=self.endpoint)
        settings = {"account_key": given.key} if isinstance(given, ADLS2Key) else {"sas_key": given.token}
        return AzureAccess(self.storage_account, settings, endpoint=self.endpoint)

    def _native_credential(self) -> Any:
        given = self.credential
        if isinstance(given, ADLS2DefaultAzureCredential):
            return vendor("azure.identity", "azure").DefaultAzureCredential(**given.kwargs)
        return given.key if isinstance(given, ADLS2Key) else given.token


ADLS2_CONFIG: Mapping[str, ConfigField] = {
    "storage_account": ConfigField(StringSource, description="The account."),
    "credential": ConfigField(
        Selector(
            {
                "sas": ConfigField(StringSource, description="A shared access signature."),
                "key": ConfigField(StringSource, description="The key of the account."),
                "DefaultAzureCredential": ConfigField(
                    Permissive(), description="Whatever DefaultAzureCredential finds, made with this."
                ),
            }
        ),
        description="Who asks.",
    ),
    "endpoint": ConfigField(
        StringSource, is_required=False, description="Another address of its blobs than Azure's own."
    ),
}
"""How the older resources say which account it is."""


@resource(config_schema=ADLS2_CONFIG)
def adls2_resource(context: Any) -> ADLS2Resource:
    """A storage account, through the clients of Azure's libraries."""
    return resource_of(context.resource_config)


def resource_of(config: Mapping[str, Any]) -> ADLS2Resource:
    """The account that the config of an older resource names."""
    ((kind, value),) = config["credential"].items()
    credential: ADLS2SASToken | ADLS2Key | ADLS2DefaultAzureCredential
    if kind == "DefaultAzureCredential":
        credential = ADLS2DefaultAzureCredential(kwargs=value)
    else:
        credential = ADLS2SASToken(token=value) if kind == "sas" else ADLS2Key(key=value)
    return ADLS2Resource(
        storage_account=config["storage_account"], credential=credential, endpoint=config.get("endpoint")
    )
