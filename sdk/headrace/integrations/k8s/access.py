"""Which cluster is meant."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClusterAccess:
    """How a cluster is reached.

    Attributes:
        kubeconfig_file: The file that says so; the kubectl default when left out.
        context: Which context of it; the current one when left out.
        load_incluster_config: Whether it is the one that this process runs in, when it runs in one.
        ca_file: Who signs the certificate of its API, where the file does not say so.
    """

    kubeconfig_file: str | None = None
    context: str | None = None
    load_incluster_config: bool = True
    ca_file: str | None = None
