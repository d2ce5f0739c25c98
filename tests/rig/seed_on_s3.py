"""The seed's workflows with the I/O manager that the document gives them, Code 3: their values go to S3."""

from __future__ import annotations

from collections.abc import Mapping

from rig.seaweedfs import ACCESS_KEY, SECRET_KEY, S3Server

IMPORT = "from headrace.integrations.aws import s3_pickle_io_manager, s3_resource\n"
CONSTANTS = """
IO_MANAGER_S3_BUCKET = os.environ["IO_MANAGER_S3_BUCKET"]
IO_MANAGER_S3_PREFIX = "io-manager"
IO_MANAGER_S3_ENDPOINT_URL = os.environ["IO_MANAGER_S3_ENDPOINT_URL"]
IO_MANAGER_S3_ACCESS_KEY_ID = os.environ["IO_MANAGER_S3_ACCESS_KEY_ID"]
IO_MANAGER_S3_SECRET_ACCESS_KEY = os.environ["IO_MANAGER_S3_SECRET_ACCESS_KEY"]
"""
CODE_3 = """
def get_io_manager():
    return {
        "io_manager": s3_pickle_io_manager.configured({
            "s3_bucket": IO_MANAGER_S3_BUCKET,
            "s3_prefix": IO_MANAGER_S3_PREFIX,
        }),
        "s3": s3_resource.configured({
            "endpoint_url": IO_MANAGER_S3_ENDPOINT_URL,
            "use_ssl": False,
            "aws_access_key_id": IO_MANAGER_S3_ACCESS_KEY_ID,
            "aws_secret_access_key": IO_MANAGER_S3_SECRET_ACCESS_KEY,
        })
    }
"""
FILES = """
def get_io_manager():
    return {
        "io_manager": FilesystemIOManager(),
    }
"""


def on_s3(code: str) -> str:
    """Returns the seed's code with its values in S3."""
    assert FILES in code and "import os\n" in code
    return code.replace(FILES, CONSTANTS + CODE_3).replace("import os\n", f"import os\n{IMPORT}")


def s3_environment(server: S3Server, bucket: str) -> Mapping[str, str]:
    """Returns the variables that the code then reads."""
    return {
        "IO_MANAGER_S3_BUCKET": bucket,
        "IO_MANAGER_S3_ENDPOINT_URL": server.endpoint,
        "IO_MANAGER_S3_ACCESS_KEY_ID": ACCESS_KEY,
        "IO_MANAGER_S3_SECRET_ACCESS_KEY": SECRET_KEY,
    }
