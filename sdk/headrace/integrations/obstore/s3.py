"""Output of steps in S3, through obstore."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from headrace.integrations.objects.compute_logs import UploadedLogs
from headrace.integrations.objects.obstore_store import RETRIES, S3ObstoreStore
from headrace.integrations.objects.store import ObjectStore
from headrace.integrations.vendor import vendor
from headrace.settings import Secret, setting


@dataclass(frozen=True)
class S3ComputeLogManager(UploadedLogs):
    """Keeps the output of steps in S3, or whatever speaks its protocol; what is left out is read from the environment."""

    library, extra = "obstore", "aws"

    bucket: str = setting("", "The bucket.")
    access_key_id: Secret = setting(Secret(), "The access key.")
    secret_access_key: Secret = setting(Secret(), "Its secret.")
    region: str | None = setting(None, "The region.")
    endpoint: str | None = setting(None, "Another address than AWS's own.")
    allow_http: bool = setting(False, "Whether connections may be unencrypted.")
    allow_invalid_certificates: bool = setting(False, "Whether certificates are not checked.")
    timeout: str = setting("60s", "How long one request may take.")
    extra_s3_args: Mapping[str, Any] = setting({}, "Further settings of obstore's S3Store.")

    def open_store(self) -> ObjectStore:
        """Opens the bucket."""
        settings = {
            "access_key_id": self.access_key_id.reveal(),
            "secret_access_key": self.secret_access_key.reveal(),
            "region": self.region,
            "endpoint": self.endpoint,
        }
        given: dict[str, Any] = {name: value for name, value in settings.items() if value}
        given |= {
            "virtual_hosted_style_request": not self.endpoint,
            "client_options": {
                "allow_http": self.allow_http,
                "allow_invalid_certificates": self.allow_invalid_certificates,
                "timeout": self.timeout,
            },
            "retry_config": RETRIES,
        }
        native = vendor("obstore.store", "aws").S3Store(self.bucket, **{**given, **self.extra_s3_args})
        return S3ObstoreStore(native, self.bucket, self.endpoint or "S3", _REMEDY)


_REMEDY = "set access_key_id and secret_access_key, or the environment that services and workers start in"
