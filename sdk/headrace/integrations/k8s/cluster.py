"""A cluster as steps of users come to it: what goes wrong fails them with what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from headrace.definitions.ops.failure import Failure
from headrace.integrations.k8s.access import ClusterAccess
from headrace.integrations.vendor import vendor


@contextmanager
def opened_cluster(access: ClusterAccess, namespace: str | None) -> Iterator[Any]:
    """Connects to a cluster.

    Args:
        access: How it is reached.
        namespace: Where objects go; where the access says when left out.
    """
    vendor("kubernetes", "k8s")
    # What follows needs it when it is imported; whoever only names an op does not.
    from headrace.integrations.k8s.api import Api

    api = Api(access, namespace)
    try:
        yield api
    finally:
        api.close()


@contextmanager
def explained(api: Any, doing: str) -> Iterator[None]:
    """Has what the cluster refuses fail the step.

    Raises:
        Failure: it refuses, or cannot be reached; the message says what to do.
    """
    from headrace.integrations.k8s.api import ApiError
    from headrace.integrations.k8s.words import no_answer, said

    try:
        yield
    except ApiError as error:
        raise Failure(f"Kubernetes could not {doing}: {said(error, api.where)}.") from error
    except (vendor("urllib3", "k8s").exceptions.HTTPError, OSError) as error:
        raise Failure(f"{no_answer(error, api.where)}.") from error
