"""The health check of containers."""

from __future__ import annotations

import pytest

from headrace.rpc.probe import VARIABLE, main
from rig.ports import free_port


def test_nobody_there_is_told_with_the_address(capsys: pytest.CaptureFixture[str]) -> None:
    address = f"127.0.0.1:{free_port()}"
    assert main([address]) == 1
    assert f"{address} does not answer" in capsys.readouterr().err


def test_an_address_is_needed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert main([]) == 2
    assert VARIABLE in capsys.readouterr().err
