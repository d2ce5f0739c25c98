"""S3 as a resource."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from headrace.definitions.resources.resource import resource
from headrace.integrations.aws.session import AwsResource
from headrace.integrations.vendor import vendor


class S3Settings(AwsResource):
    """How S3 is reached, or whatever speaks its protocol."""

    use_unsigned_session: bool = Field(default=False, description="Whether requests are sent without credentials.")

    def s3_client(self) -> Any:
        """A boto3 client of S3."""
        if self.use_unsigned_session:
            return self.make_client("s3", signature_version=vendor("botocore", "aws").UNSIGNED)
        return self.make_client("s3")


class S3Resource(S3Settings):
    """S3, or whatever speaks its protocol."""

    def get_client(self) -> Any:
        """A boto3 client of S3."""
        return self.s3_client()


@resource(config_schema=S3Resource.to_config_schema())
def s3_resource(context: Any) -> Any:
    """A boto3 client of S3."""
    return S3Resource.from_resource_context(context).get_client()
