"""The document's workflows with its own I/O manager, Code 3, and its compute logs, File 1: values and output go to S3."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest

from headrace.errors import LogUnreadableError
from rig import dev
from rig.dev import DevInstance
from rig.processes import Supervisor
from rig.seaweedfs import S3Server
from rig.seed import SEED
from rig.seed_on_s3 import on_s3, s3_environment

COMPUTE_LOGS = """
compute_logs:
  module: "dagster_obstore.s3.compute_log_manager"
  class: "S3ComputeLogManager"
  config:
    access_key_id: root
    allow_http: true
    allow_invalid_certificates: true
    bucket: {bucket}
    endpoint: {endpoint}
    prefix: compute-log
    region: default
    secret_access_key: root123!
    upload_interval: 1
"""
TALKING = """
@op
def talk():
    import sys, time
    print("first", flush=True)
    print("warned", file=sys.stderr, flush=True)
    while not os.path.exists(os.environ["TALK_NO_MORE"]):
        time.sleep(0.05)
    print("last")

@job
def talking():
    talk()

@job(resource_defs={
    "io_manager": s3_pickle_io_manager.configured({"s3_bucket": "not-ours"}),
    "s3": s3_resource.configured({
        "endpoint_url": IO_MANAGER_S3_ENDPOINT_URL,
        "aws_access_key_id": "writer",
        "aws_secret_access_key": "writer-secret",
    }),
})
def refused():
    generate_numbers()

"""
DEFINITIONS = "\ndefs = Definitions(\n"
STEPS = (
    "filter_even_numbers",
    "filter_odd_numbers",
    "generate_numbers",
    "sum_even_numbers",
    "sum_odd_numbers",
    "sum_two_sums",
)
ASSETS = (
    "filtered_even_numbers",
    "filtered_odd_numbers",
    "generated_numbers",
    "summed_even_numbers",
    "summed_odd_numbers",
    "summed_two_sums",
)


def seed_on_s3() -> str:
    code = SEED.read_text().replace(DEFINITIONS, TALKING + DEFINITIONS)
    return on_s3(code.replace("    jobs=[\n", "    jobs=[\n        talking, refused,\n"))


@pytest.fixture(scope="module")
def bucket(s3_server: S3Server) -> str:
    return s3_server.create_bucket()


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory, s3_server: S3Server, bucket: str) -> Iterator[DevInstance]:
    directory: Path = tmp_path_factory.mktemp("seed")
    code = directory / "seed.py"
    code.write_text(seed_on_s3())
    environment = {**s3_environment(s3_server, bucket), "TALK_NO_MORE": str(directory / "no-more")}
    (directory / "home").mkdir()
    logs = COMPUTE_LOGS.format(bucket=bucket, endpoint=s3_server.endpoint)
    (directory / "home/headrace.yaml").write_text(logs)
    supervisor = Supervisor(directory)
    try:
        yield dev.start(supervisor, directory / "home", "-f", code, env=environment)
    finally:
        supervisor.close()


@pytest.mark.parametrize("job_name", ["process_numbers", "process_numbers_k8s"])
def test_outputs_of_ops_are_in_s3(instance: DevInstance, s3_server: S3Server, bucket: str, job_name: str) -> None:
    with instance.client() as client:
        run = client.wait(client.submit_job(job_name).run_id, timeout=60)
    assert run.succeeded, run.failure
    stem = f"io-manager/storage/{run.run_id}"
    assert s3_server.keys(bucket, stem) == [f"{stem}/{step}/result" for step in STEPS]
    assert pickle.loads(s3_server.read(bucket, f"{stem}/sum_two_sums/result")) == 55


def test_assets_are_in_s3(instance: DevInstance, s3_server: S3Server, bucket: str) -> None:
    with instance.client() as client:
        run = client.wait(client.submit_job("process_numbers_asset").run_id, timeout=60)
        made = client.events(run.run_id, kinds=["asset_materialized"])
    assert run.succeeded, run.failure
    assert {f"io-manager/{asset}" for asset in ASSETS} <= set(s3_server.keys(bucket))
    assert pickle.loads(s3_server.read(bucket, "io-manager/summed_two_sums")) == 55
    assert len(list(made)) == len(ASSETS)


def test_output_is_read_along_and_is_in_s3_at_the_end(instance: DevInstance, s3_server: S3Server, bucket: str) -> None:
    with instance.client() as client:
        run = client.submit_job("talking")
        pieces = client.logs(run.run_id, "talk", follow=True)
        assert next(pieces) == b"first\n"
        assert not client.get_run(run.run_id).finished
        (instance.home.parent / "no-more").touch()
        assert b"".join(pieces) == b"last\n"
        assert client.wait(run.run_id, timeout=30).succeeded
        assert b"".join(client.logs(run.run_id, "talk", stream="stderr")) == b"warned\n"
    stem = f"compute-log/storage/{run.run_id}/compute_logs/talk.1"
    assert s3_server.keys(bucket, stem) == [f"{stem}.err", f"{stem}.out"]


def test_output_that_is_gone_is_told_with_its_place(instance: DevInstance, s3_server: S3Server, bucket: str) -> None:
    with instance.client() as client:
        run = client.wait(client.submit_job("process_numbers").run_id, timeout=60)
        assert b"".join(client.logs(run.run_id, "sum_two_sums")) == b""
        key = f"compute-log/storage/{run.run_id}/compute_logs/sum_two_sums.1.out"
        s3_server.client().delete_object(Bucket=bucket, Key=key)
        with pytest.raises(LogUnreadableError, match=f"is not at s3://{bucket}/{key}: it could not be stored"):
            list(client.logs(run.run_id, "sum_two_sums"))


def test_a_run_that_may_not_store_says_so_with_the_remedy(instance: DevInstance) -> None:
    with instance.client() as client:
        run = client.wait(client.submit_job("refused").run_id, timeout=60)
    assert run.failure is not None
    assert str(run.failure) == (
        "While storing output 'result' of step 'generate_numbers': StoreError: The credentials are not allowed to write "
        f"s3://not-ours/dagster/storage/{run.run_id}/generate_numbers/result: give them that right on the bucket, or use "
        "others."
    )
