"""A home directory for Headrace that belongs to one test."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def headrace_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, exported as HEADRACE_HOME to the test and to what it starts."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HEADRACE_HOME", str(home))
    return home
