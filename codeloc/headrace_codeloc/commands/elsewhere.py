"""Checking code in the environment that it is written for."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import Any

from headrace.workspace import PythonOrigin

_FLAGS = {"file": "-f", "module": "-m", "package": "--package-name"}
_SECONDS = 300.0
# Not `-m`: it would put the current directory first, where any file may stand in for a module of the standard library.
_PROGRAM = "import sys; del sys.path[0]; from headrace.cli.main import main; main()"


def check_elsewhere(origin: PythonOrigin) -> dict[str, Any]:
    """Returns what `headrace definitions validate --json` says of the code in its own interpreter."""
    executable = str(origin.executable_path or sys.executable)
    command = [shutil.which(executable) or executable, "-c", _PROGRAM, "definitions", "validate", "--json"]
    command += [_FLAGS[origin.kind], origin.target, "-a", origin.attribute, "-d", str(origin.working_directory)]
    command += ["--dagster-compat"] if origin.dagster_compat else []
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
        result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    except OSError as error:
        return {"valid": False, "problem": f"{executable}: {error.strerror}"}
    except subprocess.TimeoutExpired:
        return {"valid": False, "problem": f"was still loading after {_SECONDS:g} s"}
    except (IndexError, ValueError):
        last = next(iter(reversed(done.stderr.strip().splitlines())), f"exit status {done.returncode}")
        return {"valid": False, "problem": f"{executable} could not check it: {last}"}
    return result
