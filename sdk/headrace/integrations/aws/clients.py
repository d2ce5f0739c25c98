"""boto3 clients."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from headrace.integrations.vendor import vendor

MAX_ATTEMPTS = 5
CONNECT_SECONDS = 10
READ_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who asks; what is left out is found as boto3 does.

    Attributes:
        profile: A profile of the AWS configuration.
        access_key_id: The access key.
        secret_access_key: Its secret.
        session_token: The token of a session.
    """

    profile: str | None = None
    access_key_id: str | None = None
    secret_access_key: str | None = field(default=None, repr=False)
    session_token: str | None = field(default=None, repr=False)


def make_client(
    service: str,
    credentials: Credentials,
    *,
    region_name: str | None = None,
    endpoint_url: str | None = None,
    use_ssl: bool = True,
    verify: bool | str | None = None,
    max_attempts: int = MAX_ATTEMPTS,
    **config: Any,
) -> Any:
    """A boto3 client, with deadlines.

    Args:
        service: Of which service.
        credentials: Who asks.
        region_name: The region.
        endpoint_url: Another address than AWS's own.
        use_ssl: Whether connections are encrypted.
        verify: Whether certificates are checked, or the file of those to check them by.
        max_attempts: How often a request is tried, the first time included.
        **config: Further settings of `botocore.config.Config`.
    """
    boto3, botocore = vendor("boto3", "aws"), vendor("botocore.config", "aws")
    session = boto3.Session(
        profile_name=credentials.profile,
        aws_access_key_id=credentials.access_key_id,
        aws_secret_access_key=credentials.secret_access_key,
        aws_session_token=credentials.session_token,
    )
    return session.client(
        service,
        region_name=region_name or session.region_name or _assumed_region(endpoint_url),
        endpoint_url=endpoint_url,
        use_ssl=use_ssl,
        verify=verify,
        config=botocore.Config(
            retries={"max_attempts": max(max_attempts - 1, 0), "mode": "standard"},
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            **config,
        ),
    )


def _assumed_region(endpoint_url: str | None) -> str | None:
    """Servers of one's own have no regions, but requests to them are signed for one all the same."""
    return "us-east-1" if endpoint_url else None
