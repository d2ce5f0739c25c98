"""The command line of a location."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from headrace_codeloc.options import LocationOptions, parse_options


def test_a_file_is_named_by_its_absolute_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    options = parse_options(["-f", "code.py"])
    assert options.source.python_file == str(tmp_path / "code.py")
    assert options.source.working_directory == str(tmp_path)
    assert (options.address, options.start_method, options.load_timeout) == ("127.0.0.1:4275", "auto", 180.0)


def test_options_travel_to_the_host_unchanged() -> None:
    options = parse_options(["-m", "team.code", "--attribute", "defs", "--tls-ca", "/ca", "--pool-size", "3"])
    assert LocationOptions.from_json(json.loads(json.dumps(options.to_json()))) == options


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["-f", "a.py", "-m", "b"],
        ["-f", "a.py", "--pool-size", "0"],
        ["-f", "a.py", "--load-timeout", "-1"],
        ["-f", "a.py", "--start-method", "teleport"],
    ],
)
def test_a_command_line_that_makes_no_sense_is_refused(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse_options(argv)
    assert caught.value.code == 2
    assert "headrace codeloc serve: error:" in capsys.readouterr().err
