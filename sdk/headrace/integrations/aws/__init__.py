"""Amazon Web Services, and servers that speak their protocols: `headrace[aws]`."""

from __future__ import annotations

from headrace.integrations.aws.compute_logs import S3ComputeLogManager
from headrace.integrations.aws.ecs import ecs_executor
from headrace.integrations.aws.s3_io_manager import S3PickleIOManager, s3_pickle_io_manager
from headrace.integrations.aws.s3_resource import S3Resource, s3_resource
from headrace.integrations.vendor import preload

preload("boto3", "boto3.exceptions", "botocore.config", "botocore.exceptions")

ConfigurablePickledObjectS3IOManager = S3PickleIOManager

__all__ = [
    "ConfigurablePickledObjectS3IOManager",
    "S3ComputeLogManager",
    "S3PickleIOManager",
    "S3Resource",
    "ecs_executor",
    "s3_pickle_io_manager",
    "s3_resource",
]
