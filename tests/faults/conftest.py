"""Fixtures of the faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from faults.witness import FILE_VARIABLE


@pytest.fixture
def witness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file to which user code that a test starts appends what it does."""
    file = tmp_path / "witness"
    monkeypatch.setenv(FILE_VARIABLE, str(file))
    return file
