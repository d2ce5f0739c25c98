"""`import dagster` with the hook: each case in an interpreter of its own, for an import happens once."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

INSTALL = "from headrace.compat.dagster.hook import install\ninstall()\n"


def python(code: str, directory: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(directory), **environment}
    program = textwrap.dedent(code)
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, env=env, check=False
    )


@pytest.mark.parametrize(
    "code",
    [
        "import dagster as dg; found = dg.asset",
        "from dagster import asset as found",
        "import dagster._core.definitions.decorators as inside; found = inside.asset",
        "from dagster._core.definitions.decorators.asset_decorator import asset as found",
        "import dagster; import dagster._core.definitions.asset; found = dagster.asset",
        "from dagster._core.asset import asset; from dagster._core import asset as found",
        "from dagster import *; found = asset",
        "import importlib; found = importlib.import_module('dagster').asset",
        "try:\n    from dagster import NoSuchName\nexcept ImportError:\n    from dagster import asset as found",
        "import dagster; found = dagster.components.asset",
        "import dagster; hasattr(dagster, 'no_such_name') or (found := dagster.asset)",
    ],
)
def test_public_names_come_from_any_module(code: str, tmp_path: Path) -> None:
    done = python(f"{INSTALL}{code}\nimport headrace\nassert found is headrace.asset", tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("from dagster import MetadataEntry", "ImportError: Headrace will not have Dagster's MetadataEntry"),
        ("import dagster as dg; dg.MetadataEntry", "AvailableError: Headrace will not have Dagster's MetadataEntry"),
        ("from dagster._core.definitions import MetadataEntry", "will not have Dagster's MetadataEntry"),
        ("from dagster import no_such_name", "no_such_name is no public name of Dagster 1.13"),
        ("import dagster._check as check; check.inst(1, int)", "inst of dagster._check is no public name"),
        ("from dagster._utils import helper; helper()", "helper of dagster._utils is no public name"),
        ("from dagster._core.storage import DagsterThing", "DagsterThing of dagster._core.storage is no public name"),
        (
            "from dagster_slack import SlackResource",
            "dagster_slack belongs to Dagster and does not work without it. Instead:",
        ),
        (
            "from dagster_aws.s3 import S3Thing",
            "ImportError: Headrace does not have S3Thing of dagster_aws.s3. headrace",
        ),
        (
            "import dagster_aws.s3 as s3; s3.S3Thing",
            "AvailableError: Headrace does not have S3Thing of dagster_aws.s3.",
        ),
        (
            "import dagster_aws.emr",
            "ImportError: Headrace does not have emr of dagster_aws. headrace.integrations.aws has",
        ),
        ("import dagster_of_ours", "ModuleNotFoundError: No module named 'dagster_of_ours'"),
    ],
)
def test_what_is_not_here_says_so(code: str, message: str, tmp_path: Path) -> None:
    done = python(INSTALL + code, tmp_path)
    assert done.returncode == 1
    assert message in done.stderr.replace("NameNotImportableError", "ImportError")


@pytest.mark.parametrize(
    "code",
    [
        "from dagster_aws.s3 import S3Resource as found",
        "import dagster_aws; found = dagster_aws.S3Resource",
        "import dagster_aws.s3; found = dagster_aws.s3.S3Resource",
        "from dagster_aws.s3.resources import S3Resource as found",
        "from dagster_aws.s3 import *; found = S3Resource",
    ],
)
def test_a_companion_is_answered_by_a_room_of_ours(code: str, tmp_path: Path) -> None:
    done = python(f"{INSTALL}{code}\nimport headrace.integrations.aws as aws\nassert found is aws.S3Resource", tmp_path)
    assert done.returncode == 0, done.stderr


def test_a_module_that_works_without_dagster_keeps_its_name(tmp_path: Path) -> None:
    (tmp_path / "dagster_aws.py").write_text("mine = True")
    (tmp_path / "dagster_project.py").write_text("import dagster as dg\nmine = dg.op")
    done = python(
        f"{INSTALL}import dagster_aws, dagster_project\nassert dagster_aws.mine and dagster_project.mine", tmp_path
    )
    assert done.returncode == 0, done.stderr


def test_dagster_itself_cannot_be_there_too(tmp_path: Path) -> None:
    (tmp_path / "dagster.py").write_text("")
    done = python(f"import dagster\n{INSTALL}", tmp_path)
    assert "Dagster itself is imported already, from" in done.stderr
    assert "Install the hook before any code imports dagster" in done.stderr
    assert python(f"{INSTALL}import dagster\ndagster.asset", tmp_path).returncode == 0


def test_without_the_hook_nothing_is_answered(tmp_path: Path) -> None:
    done = python("import headrace.compat.dagster\nimport dagster", tmp_path)
    assert "No module named 'dagster'" in done.stderr


@pytest.mark.parametrize("target", ["program", "program.py"])
def test_a_program_runs_as_it_is(target: str, tmp_path: Path) -> None:
    program = """
        import sys
        from dagster import Config, DagsterInvalidConfigError, job, op

        class Size(Config):
            size: int

        @op
        def measure(config: Size) -> int:
            return config.size

        @job
        def measuring():
            measure()

        if __name__ == "__main__":
            size = int(sys.argv[1]) if sys.argv[1].isdigit() else sys.argv[1]
            try:
                result = measuring.execute_in_process({"ops": {"measure": {"config": {"size": size}}}})
                print(result.output_for_node("measure"))
            except DagsterInvalidConfigError as error:
                print(type(error).__name__)
    """
    (tmp_path / "program.py").write_text(textwrap.dedent(program))
    call = [sys.executable, "-m", "headrace.compat.dagster", target]
    outputs = [
        subprocess.run([*call, size], capture_output=True, text=True, timeout=60, cwd=tmp_path, check=True).stdout
        for size in ("7", "seven")
    ]
    assert outputs == ["7\n", "InvalidConfigError\n"]


def test_the_tests_of_a_project_run_as_they_are(tmp_path: Path) -> None:
    code = "import dagster as dg\n\n@dg.asset\ndef one():\n    return 1\n\ndef test_it():\n    assert one() == 1\n"
    (tmp_path / "test_project.py").write_text(code)
    command = f"-m pytest -q -n 1 -p headrace.compat.dagster.pytest_plugin -c {os.devnull} --rootdir . .".split()
    done = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path
    )
    assert "1 passed" in done.stdout, done.stdout
