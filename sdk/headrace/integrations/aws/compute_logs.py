"""Output of steps in S3, through boto3."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from headrace.integrations.aws.clients import Credentials, make_client
from headrace.integrations.aws.s3_store import S3ClientStore
from headrace.integrations.objects.compute_logs import UploadedLogs
from headrace.integrations.objects.store import ObjectStore
from headrace.settings import setting


@dataclass(frozen=True)
class S3ComputeLogManager(UploadedLogs):
    """Keeps the output of steps in S3; credentials are found as boto3 does, by services and workers alike."""

    library, extra = "boto3", "aws"

    bucket: str = setting("", "The bucket.")
    region: str | None = setting(None, "The region.")
    endpoint_url: str | None = setting(None, "Another address than AWS's own.")
    use_ssl: bool = setting(True, "Whether connections are encrypted.")
    verify: bool = setting(True, "Whether certificates are checked.")
    verify_cert_path: str | None = setting(None, "The file of the certificates to check them by.")
    upload_extra_args: Mapping[str, Any] = setting({}, "Further arguments of uploads, such as ServerSideEncryption.")

    def open_store(self) -> ObjectStore:
        """Opens the bucket."""
        client = make_client(
            "s3",
            Credentials(),
            region_name=self.region,
            endpoint_url=self.endpoint_url,
            use_ssl=self.use_ssl,
            verify=self.verify_cert_path or (None if self.verify else False),
        )
        return S3ClientStore(client, self.bucket, self.upload_extra_args)
