"""Clients of Google Cloud."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from headrace.errors import InvalidConfigError, StoreError
from headrace.integrations.vendor import vendor

REMEDY = "set GOOGLE_APPLICATION_CREDENTIALS, or name a service account"


def storage_client(project: str | None = None, service_account: Mapping[str, Any] | None = None) -> Any:
    """A client of Cloud Storage.

    Args:
        project: The project that requests are made for.
        service_account: Who asks; found as Google's libraries do when left out.

    Raises:
        StoreError: nobody is found.
    """
    client = vendor("google.cloud.storage", "gcp").Client
    if service_account is not None:
        return client(project or service_account.get("project_id"), service_account_credentials(service_account))
    with credentials_expected("Google Cloud Storage"):
        return client(project=project)


@contextmanager
def credentials_expected(place: str) -> Iterator[None]:
    """Tells what to do where Google's libraries find no credentials.

    Args:
        place: What they are for.

    Raises:
        StoreError: they find none.
    """
    try:
        yield
    except vendor("google.auth.exceptions", "gcp").DefaultCredentialsError as error:
        raise StoreError(f"No credentials for {place} were found: {REMEDY}.") from error


def service_account_credentials(service_account: Mapping[str, Any]) -> Any:
    """Credentials of a service account, by what its key file says."""
    return vendor("google.oauth2.service_account", "gcp").Credentials.from_service_account_info(service_account)


def service_account_of(text: str, where: str) -> Mapping[str, Any]:
    """The key of a service account, as JSON or as base64 of that.

    Args:
        text: The key.
        where: Where it stands, for messages; the key itself is never shown.

    Raises:
        InvalidConfigError: it is neither.
    """
    try:
        plain = text if text.lstrip().startswith("{") else base64.b64decode(text, validate=False).decode()
        found = json.loads(plain)
    except (binascii.Error, ValueError) as error:
        raise InvalidConfigError(
            f"{where}: this is no key of a service account: give its JSON, or the base64 of that"
        ) from error
    if not isinstance(found, dict) or "private_key" not in found:
        raise InvalidConfigError(f"{where}: this JSON is no key of a service account: it lacks private_key")
    return found
