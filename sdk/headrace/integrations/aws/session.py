"""How AWS is reached: settings that all of its resources have, and clients made of them."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from headrace.definitions.resources.configurable_resource import ConfigurableResource
from headrace.integrations.aws.clients import Credentials, make_client


class AwsResource(ConfigurableResource[Any]):
    """The base of resources that are clients of AWS; what is left out is read from the environment as boto3 does."""

    region_name: str | None = Field(default=None, description="The region.")
    endpoint_url: str | None = Field(default=None, description="Another address than AWS's own.")
    max_attempts: int = Field(default=5, description="How often a request is tried, the first time included.")
    profile_name: str | None = Field(default=None, description="The profile of the AWS configuration to use.")
    use_ssl: bool = Field(default=True, description="Whether connections are encrypted.")
    verify: bool | None = Field(default=None, description="Whether certificates are checked; they are by default.")
    aws_access_key_id: str | None = Field(default=None, description="The access key.")
    aws_secret_access_key: str | None = Field(default=None, description="Its secret.")
    aws_session_token: str | None = Field(default=None, description="The token of a session, if there is one.")

    def make_client(self, service: str, **config: Any) -> Any:
        """A boto3 client.

        Args:
            service: Of which service.
            **config: Further settings of `botocore.config.Config`.
        """
        credentials = Credentials(
            self.profile_name, self.aws_access_key_id, self.aws_secret_access_key, self.aws_session_token
        )
        return make_client(
            service,
            credentials,
            region_name=self.region_name,
            endpoint_url=self.endpoint_url,
            use_ssl=self.use_ssl,
            verify=self.verify,
            max_attempts=self.max_attempts,
            **config,
        )
