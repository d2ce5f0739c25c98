"""Run config from YAML."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import headrace as dg


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "base.yaml").write_text("ops: {load: {config: {rows: 1, table: t}}}")
    (tmp_path / "over.yaml").write_text("ops: {load: {config: {rows: 2}}, save: {config: 3}}")
    (tmp_path / "broken.yaml").write_text("ops: [")
    (tmp_path / "list.yaml").write_text("- 1")
    (tmp_path / "empty.yaml").write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


MERGED = {"ops": {"load": {"config": {"rows": 2, "table": "t"}}, "save": {"config": 3}}}


@pytest.mark.parametrize("files", [["base.yaml", "over.yaml", "empty.yaml"], ["[bo][av]*.yaml"]])
def test_later_files_go_over_earlier_ones(folder: Path, files: list[str]) -> None:
    assert dg.config_from_files(files) == MERGED


def test_strings_and_packages_are_merged_alike(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = folder / "packaged_config"
    package.mkdir()
    (package / "__init__.py").touch()
    texts = [(folder / name).read_text() for name in ("base.yaml", "over.yaml")]
    for name, text in zip(("a.yaml", "b.yaml"), texts, strict=True):
        (package / name).write_text(text)
    monkeypatch.syspath_prepend(folder)
    assert dg.config_from_yaml_strings(texts) == MERGED
    assert dg.config_from_pkg_resources([("packaged_config", "a.yaml"), ("packaged_config", "b.yaml")]) == MERGED


@pytest.mark.parametrize(
    ("file", "error", "message"),
    [
        ("missing.yaml", FileNotFoundError, "No file matches 'missing.yaml'"),
        ("none*.yaml", FileNotFoundError, "No file matches 'none*.yaml'"),
        ("broken.yaml", dg.InvariantViolationError, "broken.yaml is not YAML"),
        ("list.yaml", dg.InvariantViolationError, "a mapping, but list.yaml holds a list"),
    ],
)
def test_what_cannot_be_read_is_named(folder: Path, file: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        dg.config_from_files([file])
