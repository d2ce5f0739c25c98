"""Engines by name: where the package of one is missing, the error says what installs it."""

from __future__ import annotations

import subprocess
import sys

import pytest

WITHOUT = """
import sys
sys.modules[{package!r}] = None
from headrace_codeloc.engines.known import ENGINES
try:
    ENGINES[{kind!r}].open({{}}, "run_launcher")
except Exception as error:
    print(f"{{type(error).__name__}}: {{error}}")
"""


@pytest.mark.parametrize(
    ("kind", "package", "extra"),
    [
        ("k8s", "kubernetes", "k8s"),
        ("celery", "celery", "celery"),
        ("celery_k8s", "kubernetes", "celery,k8s"),
        ("ecs", "boto3", "aws"),
    ],
)
def test_a_missing_package_is_told_with_what_installs_it(kind: str, package: str, extra: str) -> None:
    code = WITHOUT.format(kind=kind, package=package)
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    said = f"InvalidConfigError: run_launcher: {kind} needs the package {package!r}; install headrace[{extra}]"
    assert answer.stdout.strip() == said


def test_naming_an_engine_imports_nothing_of_it() -> None:
    code = (
        "import sys; from headrace_codeloc.engines.known import ENGINES; [each.settings() for each in ENGINES.values()];"
        "print(sorted({'docker', 'kubernetes', 'celery', 'boto3'} & sys.modules.keys()))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert answer.stdout.strip() == "[]"
