"""AWS Secrets Manager."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from pydantic import Field

from headrace.definitions.resources.resource import resource
from headrace.errors import StoreError
from headrace.integrations.aws.explained import explained, in_environment
from headrace.integrations.aws.session import AwsResource


class SecretsManagerSettings(AwsResource):
    """How Secrets Manager is reached."""

    def secretsmanager_client(self) -> Any:
        """A boto3 client of Secrets Manager."""
        return self.make_client("secretsmanager")


class SecretsManagerResource(SecretsManagerSettings):
    """Secrets Manager, as a client."""

    def get_client(self) -> Any:
        """A boto3 client of Secrets Manager."""
        return self.secretsmanager_client()


class SecretsManagerSecretsResource(SecretsManagerSettings):
    """Secrets by their names."""

    secrets: list[str] = Field(default=[], description="ARNs or names of secrets.")
    secrets_tag: str | None = Field(default=None, description="All secrets with this tag as well.")

    def fetch_secrets(self, secrets: Sequence[str] | None = None, secrets_tag: str | None = None) -> dict[str, str]:
        """The values of secrets by their names.

        Args:
            secrets: ARNs or names, instead of those of the resource.
            secrets_tag: All with this tag as well, instead of that of the resource.

        Raises:
            StoreError: one of them is not there or may not be read, or AWS cannot be reached.
        """
        with explained("make a client of Secrets Manager"):
            client = self.secretsmanager_client()
        tag = self.secrets_tag if secrets_tag is None else secrets_tag
        wanted = [*(self.secrets if secrets is None else secrets), *(_tagged(client, tag) if tag else ())]
        return dict(_read(client, each) for each in wanted)

    @contextmanager
    def secrets_in_environment(
        self, secrets: Sequence[str] | None = None, secrets_tag: str | None = None
    ) -> Iterator[dict[str, str]]:
        """Sets secrets as environment variables of their names while a `with` block lasts; see `fetch_secrets`."""
        values = self.fetch_secrets(secrets, secrets_tag)
        with in_environment(values):
            yield values


def _tagged(client: Any, tag: str) -> list[str]:
    with explained(f"list secrets with the tag {tag!r}"):
        pages = client.get_paginator("list_secrets").paginate(Filters=[{"Key": "tag-key", "Values": [tag]}])
        return [each["ARN"] for page in pages for each in page["SecretList"]]


def _read(client: Any, secret: str) -> tuple[str, str]:
    with explained(f"read secret {secret!r}"):
        answer: Mapping[str, Any] = client.get_secret_value(SecretId=secret)
    if "SecretString" not in answer:
        raise StoreError(
            f"Secret {answer['Name']!r} is binary and no text: read it with the client of SecretsManagerResource."
        )
    return answer["Name"], answer["SecretString"]


@resource(config_schema=SecretsManagerResource.to_config_schema())
def secretsmanager_resource(context: Any) -> Any:
    """A boto3 client of Secrets Manager."""
    return SecretsManagerResource.from_resource_context(context).get_client()


class _OlderSecrets(SecretsManagerSecretsResource):
    add_to_environment: bool = Field(default=False, description="Whether they are set as variables, too.")


@resource(config_schema=_OlderSecrets.to_config_schema())
def secretsmanager_secrets_resource(context: Any) -> Iterator[dict[str, str]]:
    """The values of secrets by their names."""
    older = _OlderSecrets.from_resource_context(context)
    secrets = older.fetch_secrets()
    with in_environment(secrets if older.add_to_environment else {}):
        yield secrets
