"""Amazon Web Services, and servers that speak their protocols: `headrace[aws]`."""

from __future__ import annotations

from headrace.integrations.aws.compute_logs import S3ComputeLogManager
from headrace.integrations.aws.ecs import ecs_executor
from headrace.integrations.aws.pipes import PipesCloudWatchMessageReader, PipesECSClient
from headrace.integrations.aws.s3_file_manager import (
    S3FileHandle,
    S3FileManager,
    S3FileManagerResource,
    s3_file_manager,
)
from headrace.integrations.aws.s3_io_manager import S3PickleIOManager, s3_pickle_io_manager
from headrace.integrations.aws.s3_resource import S3Resource, s3_resource
from headrace.integrations.aws.secrets_manager import (
    SecretsManagerResource,
    SecretsManagerSecretsResource,
    secretsmanager_resource,
    secretsmanager_secrets_resource,
)
from headrace.integrations.aws.ssm import (
    ParameterStoreResource,
    ParameterStoreTag,
    SSMResource,
    parameter_store_resource,
    ssm_resource,
)
from headrace.integrations.vendor import preload

preload("boto3", "boto3.exceptions", "botocore.config", "botocore.exceptions")

ConfigurablePickledObjectS3IOManager = S3PickleIOManager

__all__ = [
    "ConfigurablePickledObjectS3IOManager",
    "ParameterStoreResource",
    "ParameterStoreTag",
    "PipesCloudWatchMessageReader",
    "PipesECSClient",
    "S3ComputeLogManager",
    "S3FileHandle",
    "S3FileManager",
    "S3FileManagerResource",
    "S3PickleIOManager",
    "S3Resource",
    "SSMResource",
    "SecretsManagerResource",
    "SecretsManagerSecretsResource",
    "ecs_executor",
    "parameter_store_resource",
    "s3_file_manager",
    "s3_pickle_io_manager",
    "s3_resource",
    "secretsmanager_resource",
    "secretsmanager_secrets_resource",
    "ssm_resource",
]
