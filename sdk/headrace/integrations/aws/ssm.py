"""AWS Systems Manager, and its parameter store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from pydantic import Field

from headrace.config.pythonic import Config
from headrace.definitions.resources.resource import resource
from headrace.errors import StoreError
from headrace.integrations.aws.explained import explained, in_environment
from headrace.integrations.aws.session import AwsResource

_AT_ONCE = 10
"""Parameters that AWS reads in one request."""


class SSMSettings(AwsResource):
    """How Systems Manager is reached."""

    def ssm_client(self) -> Any:
        """A boto3 client of Systems Manager."""
        return self.make_client("ssm")


class SSMResource(SSMSettings):
    """Systems Manager, as a client."""

    def get_client(self) -> Any:
        """A boto3 client of Systems Manager."""
        return self.ssm_client()


class ParameterStoreTag(Config):
    """A tag of parameters."""

    key: str = Field(description="Its key.")
    values: list[str] | None = Field(default=None, description="Its values, any of which is meant; all when left out.")


class ParameterStoreResource(SSMSettings):
    """Parameters by their names."""

    parameters: list[str] = Field(default=[], description="Names of parameters.")
    parameter_tags: list[ParameterStoreTag] = Field(default=[], description="All parameters with all of these tags.")
    parameter_paths: list[str] = Field(default=[], description="All parameters below these paths.")
    with_decryption: bool = Field(default=False, description="Whether secure strings are decrypted.")

    def fetch_parameters(
        self,
        parameters: Sequence[str] | None = None,
        parameter_tags: Sequence[ParameterStoreTag] | None = None,
        parameter_paths: Sequence[str] | None = None,
    ) -> dict[str, str]:
        """The values of parameters by their names.

        Args:
            parameters: Names, instead of those of the resource.
            parameter_tags: All with all of these tags, instead of those of the resource.
            parameter_paths: All below these paths, instead of those of the resource.

        Raises:
            StoreError: one of them is not there or may not be read, or AWS cannot be reached.
        """
        with explained("make a client of Systems Manager"):
            client = self.ssm_client()
        store = _Store(client, self.with_decryption)
        tags = self.parameter_tags if parameter_tags is None else parameter_tags
        names = [*(self.parameters if parameters is None else parameters), *(store.tagged(tags) if tags else ())]
        found = store.named(names)
        for path in self.parameter_paths if parameter_paths is None else parameter_paths:
            found |= store.below(path)
        return found

    @contextmanager
    def parameters_in_environment(
        self,
        parameters: Sequence[str] | None = None,
        parameter_tags: Sequence[ParameterStoreTag] | None = None,
        parameter_paths: Sequence[str] | None = None,
    ) -> Iterator[dict[str, str]]:
        """Sets parameters as environment variables of their names while a `with` block lasts; see `fetch_parameters`."""
        values = self.fetch_parameters(parameters, parameter_tags, parameter_paths)
        with in_environment(values):
            yield values


class _Store:
    """The parameter store of one client."""

    def __init__(self, client: Any, with_decryption: bool) -> None:
        self._client = client
        self._with_decryption = with_decryption

    def named(self, names: Iterable[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        left = iter(dict.fromkeys(names))
        while some := list(islice(left, _AT_ONCE)):
            with explained(f"read the parameters {', '.join(some)}"):
                answer = self._client.get_parameters(Names=some, WithDecryption=self._with_decryption)
            if answer["InvalidParameters"]:
                missing = ", ".join(sorted(answer["InvalidParameters"]))
                raise StoreError(f"There is no parameter {missing}: create it, or correct its name and the region.")
            found |= _values(answer["Parameters"])
        return found

    def tagged(self, tags: Sequence[ParameterStoreTag]) -> list[str]:
        filters = [
            {"Key": f"tag:{tag.key}", **({"Option": "Equals", "Values": tag.values} if tag.values else {})}
            for tag in tags
        ]
        with explained(f"list parameters with the tags {', '.join(tag.key for tag in tags)}"):
            pages = self._client.get_paginator("describe_parameters").paginate(ParameterFilters=filters)
            return [each["Name"] for page in pages for each in page["Parameters"]]

    def below(self, path: str) -> dict[str, str]:
        pages = self._client.get_paginator("get_parameters_by_path")
        with explained(f"read the parameters below {path}"):
            found = pages.paginate(Path=path, Recursive=True, WithDecryption=self._with_decryption)
            return _values(each for page in found for each in page["Parameters"])


def _values(parameters: Iterable[dict[str, Any]]) -> dict[str, str]:
    return {each["Name"]: each["Value"] for each in parameters}


@resource(config_schema=SSMResource.to_config_schema())
def ssm_resource(context: Any) -> Any:
    """A boto3 client of Systems Manager."""
    return SSMResource.from_resource_context(context).get_client()


class _OlderParameters(ParameterStoreResource):
    add_to_environment: bool = Field(default=False, description="Whether they are set as variables, too.")


@resource(config_schema=_OlderParameters.to_config_schema())
def parameter_store_resource(context: Any) -> Iterator[dict[str, str]]:
    """The values of parameters by their names."""
    older = _OlderParameters.from_resource_context(context)
    parameters = older.fetch_parameters()
    with in_environment(parameters if older.add_to_environment else {}):
        yield parameters
