"""A stand-in for Kubernetes: the parts of its API that Headrace uses, with state, controllers, and pods that are real processes.

Tests that use `cluster.py` run unchanged against a real cluster, when KUBECONFIG names one.
"""

from __future__ import annotations
