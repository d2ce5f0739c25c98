"""What AWS refuses, as sentences that say what to do."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from headrace.errors import StoreError
from headrace.integrations.vendor import vendor

_REMEDIES = {
    "ResourceNotFoundException": "create it, or correct its name and the region",
    "ParameterNotFound": "create it, or correct its name and the region",
    "UnrecognizedClientException": "the credentials are wrong or have expired: correct them",
    "InvalidClientTokenId": "the credentials are wrong or have expired: correct them",
    "InvalidSignatureException": "the credentials are wrong or have expired: correct them",
    "ExpiredTokenException": "the credentials are wrong or have expired: correct them",
    "AccessDeniedException": "give the credentials that right, or use others",
    "DecryptionFailure": "let the credentials use the key that it is encrypted with",
    "InvalidKeyId": "let the credentials use the key that it is encrypted with",
    "ThrottlingException": "try again later, or ask for a higher quota",
}


@contextmanager
def explained(what: str) -> Iterator[None]:
    """Raises what boto3 raises inside as an error that says what to do.

    Args:
        what: What is done, such as `read secret 'db'`.

    Raises:
        StoreError: AWS refuses it, or cannot be reached.
    """
    exceptions = vendor("botocore.exceptions", "aws")
    try:
        yield
    except exceptions.ClientError as error:
        said = error.response.get("Error", {})
        code = str(said.get("Code", ""))
        remedy = _REMEDIES.get(code)
        message = " ".join(str(said.get("Message", "")).split()).rstrip(".")
        raise StoreError(f"AWS did not {what}: {code}: {message}{f'; {remedy}' if remedy else ''}.") from error
    except exceptions.NoCredentialsError as error:
        raise StoreError(
            f"AWS cannot be asked to {what}: no credentials were found; set them on the resource, or in the environment as "
            "boto3 reads it."
        ) from error
    except exceptions.NoRegionError as error:
        raise StoreError(
            f"AWS cannot be asked to {what}: no region is named; set region_name or AWS_REGION."
        ) from error
    except exceptions.BotoCoreError as error:
        raise StoreError(f"AWS cannot be asked to {what}: {str(error).rstrip('.')}.") from error


@contextmanager
def in_environment(values: Mapping[str, str]) -> Iterator[None]:
    """Sets environment variables for as long as a `with` block lasts."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
