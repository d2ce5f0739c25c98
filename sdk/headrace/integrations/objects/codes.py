"""What the error codes of object stores mean."""

from __future__ import annotations

from headrace.integrations.objects.trouble import Trouble

TROUBLES: dict[str, Trouble] = {
    # S3
    "NoSuchKey": Trouble.MISSING,
    "404": Trouble.MISSING,
    "NoSuchBucket": Trouble.NO_BUCKET,
    "InvalidBucketName": Trouble.INVALID_NAME,
    "InvalidAccessKeyId": Trouble.WRONG_CREDENTIALS,
    "SignatureDoesNotMatch": Trouble.WRONG_CREDENTIALS,
    "ExpiredToken": Trouble.WRONG_CREDENTIALS,
    "InvalidToken": Trouble.WRONG_CREDENTIALS,
    "AuthorizationHeaderMalformed": Trouble.WRONG_CREDENTIALS,
    "AccessDenied": Trouble.FORBIDDEN,
    "AllAccessDisabled": Trouble.FORBIDDEN,
    "403": Trouble.FORBIDDEN,
    "SlowDown": Trouble.BUSY,
    "ServiceUnavailable": Trouble.BUSY,
    "503": Trouble.BUSY,
    "Throttling": Trouble.BUSY,
    # Azure
    "BlobNotFound": Trouble.MISSING,
    "ContainerNotFound": Trouble.NO_BUCKET,
    "InvalidResourceName": Trouble.INVALID_NAME,
    "AuthenticationFailed": Trouble.WRONG_CREDENTIALS,
    "InvalidAuthenticationInfo": Trouble.WRONG_CREDENTIALS,
    "AuthorizationFailure": Trouble.FORBIDDEN,
    "AuthorizationPermissionMismatch": Trouble.FORBIDDEN,
    "InsufficientAccountPermissions": Trouble.FORBIDDEN,
    "ServerBusy": Trouble.BUSY,
}
"""By the word that the provider's answer has."""

PAST_THE_END = "InvalidRange"
"""The code of an answer to who reads beyond an object's end."""
