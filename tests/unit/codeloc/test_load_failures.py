"""Where to look when code does not load."""

from __future__ import annotations

import asyncio
import importlib
import json
from pathlib import Path

import pytest

from headrace.errors import CyclicDependencyError
from headrace_codeloc.code.load_failures import describe_load_failure, place_in_stack_dump
from headrace_codeloc.code.loader import load_location
from headrace_codeloc.options import CodeSource

DUMP = """Current thread 0x00007f (most recent call first):
  File "/usr/lib/python3.11/threading.py", line 327 in wait
  File "/team/helpers.py", line 12 in connect
  File "/team/code.py", line 3 in <module>
  File "<frozen importlib._bootstrap>", line 241 in _call_with_frames_removed
"""


def raised_by(path: Path, source: str) -> BaseException:
    path.write_text(source)
    with pytest.raises(BaseException) as caught:
        exec(compile(source, str(path), "exec"), {})
    return caught.value


def below(error: BaseException) -> BaseException:
    """Returns the error without the line of the test that met it."""
    assert error.__traceback__ is not None
    return error.with_traceback(error.__traceback__.tb_next)


def test_the_innermost_line_of_the_users_own_code_is_named(tmp_path: Path) -> None:
    file = tmp_path / "code.py"
    error = raised_by(file, "import json\n\ndef read():\n    json.loads('{')\n\nread()\n")
    failure = describe_load_failure(error, CodeSource(python_file=str(file)))
    assert (failure.type, failure.file, failure.line) == (json.JSONDecodeError.__name__, str(file), 4)


def test_a_syntax_error_names_its_own_place(tmp_path: Path) -> None:
    file = tmp_path / "code.py"
    error = raised_by(file, "x = 1\ny = = 2\n")
    failure = describe_load_failure(error, CodeSource(python_file=str(file)))
    assert (failure.type, failure.file, failure.line) == ("SyntaxError", str(file), 2)
    assert "y = = 2" in failure.stack_trace


def test_an_error_without_any_place_names_the_file() -> None:
    failure = describe_load_failure(asyncio.CancelledError(), CodeSource(python_file="/team/code.py"))
    assert (failure.file, failure.line) == ("/team/code.py", 0)


def test_an_error_that_is_found_later_names_the_definition(tmp_path: Path) -> None:
    file = tmp_path / "code.py"
    file.write_text(
        "import headrace as dg\n\n\n@dg.asset\ndef one(two): ...\n\n\n@dg.asset\ndef two(one): ...\n\n\n"
        "defs = dg.Definitions(assets=[one, two])\n"
    )
    source = CodeSource(python_file=str(file), working_directory=str(tmp_path))
    with pytest.raises(CyclicDependencyError) as caught:
        load_location(source)
    failure = describe_load_failure(below(caught.value), source)
    assert (failure.file, failure.line) == (str(file), 4)


def test_a_module_that_is_not_there_has_no_place() -> None:
    with pytest.raises(ModuleNotFoundError) as caught:
        importlib.import_module("nothing_like_this")
    failure = describe_load_failure(below(caught.value), CodeSource(module="nothing_like_this"))
    assert (failure.file, failure.line) == ("", 0)


def test_a_dump_of_the_stack_names_the_users_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("headrace_codeloc.code.load_failures._LIBRARIES", ("/usr/lib/python3.11/",))
    assert place_in_stack_dump(DUMP) == ("/team/helpers.py", 12)
    assert place_in_stack_dump("") == ("", 0)
    assert place_in_stack_dump('  File "/usr/lib/python3.11/threading.py", line 327 in wait')[1] == 327
