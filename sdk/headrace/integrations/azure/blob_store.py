"""Containers of Azure Blob Storage, through obstore."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from headrace.integrations.objects.obstore_store import RETRIES, ObstoreStore
from headrace.integrations.vendor import vendor

_TIMEOUT = "60s"


@dataclass(frozen=True)
class AzureAccess:
    """How a storage account is reached.

    Attributes:
        account: Its name.
        settings: What obstore's `AzureStore` takes as credentials.
        default_credential: What `DefaultAzureCredential` takes, if that finds the credentials.
        endpoint: Another address than Azure's own.
        extra_settings: Further settings of `AzureStore`.
    """

    account: str
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    default_credential: Mapping[str, Any] | None = None
    endpoint: str | None = None
    extra_settings: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def address(self) -> str:
        """Where it is."""
        return self.endpoint or f"https://{self.account}.blob.core.windows.net"


class AzureBlobStore(ObstoreStore):
    """A container of Azure Blob Storage."""

    scheme = "az"
    word = "container"
    extra = "azure"


def open_container(access: AzureAccess, container: str, remedy: str) -> AzureBlobStore:
    """Opens a container.

    Args:
        access: How its account is reached.
        container: Its name.
        remedy: Where credentials are set, for messages.
    """
    settings: dict[str, Any] = {name: value for name, value in access.settings.items() if value}
    if access.default_credential is not None:
        settings["credential_provider"] = _provider(access.default_credential)
    if access.endpoint:
        settings["endpoint"] = access.endpoint
    settings |= {
        "container_name": container,
        "account_name": access.account,
        "client_options": {"allow_http": access.address.startswith("http://"), "timeout": _TIMEOUT},
        "retry_config": RETRIES,
    }
    native = vendor("obstore.store", "azure").AzureStore(**{**settings, **access.extra_settings})
    return AzureBlobStore(native, container, access.address, remedy)


def _provider(settings: Mapping[str, Any]) -> Any:
    identity = vendor("azure.identity", "azure")
    return vendor("obstore.auth.azure", "azure").AzureCredentialProvider(identity.DefaultAzureCredential(**settings))
