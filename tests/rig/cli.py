"""Running `headrace` commands, and what they leave behind."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO
from unittest import mock

from headrace.cli.main import run


@dataclass
class Answer:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The document it wrote."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """The documents it wrote, one per line."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def error(self) -> Any:
        """The error it told a program."""
        return json.loads(self.err.splitlines()[-1])["error"]


def run_cli(
    *arguments: str | Path, env: Mapping[str, str] | None = None, cwd: Path | None = None, timeout: float = 30.0
) -> Answer:
    """Runs a `headrace` command as a process of its own and waits for its end."""
    done = subprocess.run(
        [sys.executable, "-m", "headrace.cli.main", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **(env or {})},
    )
    return Answer(done.returncode, done.stdout, done.stderr)


def call_cli(*arguments: str | Path, env: Mapping[str, str] | None = None) -> Answer:
    """Runs a `headrace` command in this process: all of it but the start of an interpreter, which costs more than the rest.

    Not for commands that fork, take signals, or change the process.
    """
    with _stream() as out, _stream() as err, open(os.devnull) as nothing:
        with (
            mock.patch.dict(os.environ, env or {}),
            mock.patch.object(sys, "stdin", nothing),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            code = run([str(each) for each in arguments])
        return Answer(code, _text(out), _text(err))


@contextlib.contextmanager
def _stream() -> Iterator[TextIO]:
    with io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) as stream:
        yield stream


def _text(stream: TextIO) -> str:
    data: bytes = stream.buffer.getvalue()  # type: ignore[attr-defined]
    return data.decode()
