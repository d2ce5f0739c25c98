"""Code in pods, which reports with the real guest library."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable
from typing import Any

import pytest

import headrace as dg
from headrace.integrations.k8s import PipesK8sClient, PipesK8sPodLogsMessageReader
from rig.kubernetes.cluster import Cluster
from rig.waiting import wait_until

GUEST = """
    import os
    from dagster_pipes import open_dagster_pipes

    with open_dagster_pipes() as pipes:
        print("plain, häß" * 3000)
        pipes.report_asset_materialization(
            metadata={"limit": pipes.get_extra("limit"), "stage": os.environ["STAGE"], "region": os.environ["REGION"]}
        )
"""
MINE = "app=pipes-test"


def client(cluster: Cluster) -> PipesK8sClient:
    return PipesK8sClient(env={"STAGE": "test"}, load_incluster_config=False, kubeconfig_file=str(cluster.kubeconfig))


def pods(cluster: Cluster) -> list[Any]:
    return cluster.objects("pods", MINE)


def test_what_a_pod_reports_becomes_results_and_it_is_removed(
    cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    if cluster.stand_in is None:
        pytest.skip("the image of a real cluster need not have the guest library")

    @dg.asset
    def table(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
        return (
            client(cluster)
            .run(
                context=context,
                image=cluster.image,
                command=[sys.executable, "-c", textwrap.dedent(GUEST)],
                namespace=cluster.namespace,
                extras={"limit": 10},
                env={"REGION": "north"},
                base_pod_meta={"labels": {"app": "pipes-test"}},
            )
            .get_materialize_result()
        )

    result = dg.materialize([table])
    (made,) = result.asset_materializations_for_node("table")
    assert {name: made.metadata[name].value for name in ("limit", "stage", "region")} == {
        "limit": 10,
        "stage": "test",
        "region": "north",
    }
    assert "plain, häß" * 3000 in capsys.readouterr().out
    wait_until(lambda: not pods(cluster), 40, "the end of the pod")


def test_a_pod_that_fails_fails_the_step_and_is_removed(cluster: Cluster) -> None:
    container = {"name": "main", "image": cluster.image, "command": ["python", "-c", "raise SystemExit(3)"]}
    with pytest.raises(dg.PipesExecutionError, match=r"Pod headrace-pipes-\w+ failed: its pod ended with code 3"):
        client(cluster).run(
            context=dg.build_op_context(),
            namespace=cluster.namespace,
            base_pod_meta={"labels": {"app": "pipes-test"}},
            base_pod_spec={"containers": [container], "termination_grace_period_seconds": 1},
        )
    wait_until(lambda: not pods(cluster), 40, "the end of the pod")


class Refuses(PipesK8sPodLogsMessageReader):
    """Reads everything, and then has no use for it."""

    def consume(self, pieces: Iterable[tuple[str, bytes]]) -> None:
        assert b"".join(piece for _, piece in pieces) == b"done\n"
        raise ValueError("no use for it")


def test_messages_that_cannot_be_taken_fail_the_step(cluster: Cluster) -> None:
    refuses = PipesK8sClient(
        load_incluster_config=False, kubeconfig_file=str(cluster.kubeconfig), message_reader=Refuses()
    )
    with pytest.raises(dg.PipesExecutionError, match="what it printed could not be taken: no use for it"):
        refuses.run(
            context=dg.build_op_context(),
            image=cluster.image,
            command=["python", "-c", "print('done')"],
            namespace=cluster.namespace,
        )


def test_a_pod_that_cannot_be_says_what_is_wrong(cluster: Cluster) -> None:
    with pytest.raises(dg.Failure, match=r"Kubernetes could not execute pod .* in namespace"):
        client(cluster).run(
            context=dg.build_op_context(),
            image=cluster.image,
            namespace=cluster.namespace,
            base_pod_spec={"restartPolicy": 7},
        )
