"""Code locations that do not load, each for a reason of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from rig.ports import free_port

ASSETS = """
import headrace as dg


@dg.asset(name="{first}")
def one({needs}): ...


@dg.asset(name="{second}")
def two(one): ...


defs = dg.Definitions(assets=[one, two])
"""
CRON = """
import headrace as dg


@dg.job
def nothing(): ...


sometimes = dg.ScheduleDefinition(job=nothing, cron_schedule="61 * * * *")
"""


@dataclass(frozen=True)
class Broken:
    """Code that does not load, and what must be told of it.

    Attributes:
        text: The code.
        type: The kind of failure.
        line: The line to look at; 0 where nobody can know.
        words: Part of the message.
    """

    text: str
    type: str
    line: int
    words: str


BROKEN = {
    "syntax": Broken("x = 1\n\ndef broken(:\n", "SyntaxError", 3, "invalid syntax"),
    "import": Broken("import json\nimport nothing_like_this\n", "ModuleNotFoundError", 2, "nothing_like_this"),
    "raise": Broken("def connect():\n    raise OSError('no route')\n\nconnect()\n", "OSError", 2, "no route"),
    "hang": Broken("import time\n\ntime.sleep(600)\n", "LoadTimeout", 3, "still being imported after 4 s"),
    "exit": Broken("import sys\n\nsys.exit(3)\n", "SystemExit", 3, "sys.exit(3)"),
    "die": Broken("import os\n\nos._exit(7)\n", "LoadCrashed", 0, "exited with code 7"),
    "twice": Broken(
        ASSETS.format(first="same", second="same", needs=""), "DuplicateDefinitionError", 9, "is defined twice"
    ),
    "cycle": Broken(
        ASSETS.format(first="one", second="two", needs="two"), "CyclicDependencyError", 5, "depend on themselves"
    ),
    "cron": Broken(CRON, "InvalidCronError", 9, "Found invalid cron schedule '61 * * * *'"),
    "empty": Broken("x = 1\n", "InvalidDefinitionError", 0, "defines nothing"),
}
"""By the name of the location."""

UNREACHABLE = "unreachable"


def write_workspace(directory: Path, **good: Path) -> Path:
    """Writes a workspace of all that is broken, of a location where nobody listens, and of those that are good."""
    files = dict(good)
    for name, broken in BROKEN.items():
        files[name] = directory / f"{name}.py"
        files[name].write_text(broken.text)
    entries: list[object] = [
        {"python_file": {"relative_path": str(file), "location_name": name}} for name, file in files.items()
    ]
    entries.append({"grpc_server": {"host": "127.0.0.1", "port": free_port(), "location_name": UNREACHABLE}})
    workspace = directory / "workspace.yaml"
    workspace.write_text(yaml.safe_dump({"load_from": entries}))
    return workspace
