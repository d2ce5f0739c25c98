"""`EnvVar`: a name that stands for a value and is never taken for it."""

from __future__ import annotations

import pickle

import pytest

from headrace import EnvVar
from headrace.errors import InvalidConfigError


def test_its_value_is_read_when_asked(monkeypatch) -> None:
    monkeypatch.setenv("X", "5")
    assert EnvVar("X").get_value() == "5"
    assert EnvVar.int("X").get_value() == 5
    monkeypatch.delenv("X")
    assert EnvVar("X").get_value() is None
    assert (EnvVar("X").get_value("d"), EnvVar.int("X").get_value(3)) == ("d", 3)


def test_using_it_as_a_value_is_refused_with_what_would_be_right() -> None:
    with pytest.raises(InvalidConfigError, match=r"only read when a run starts.*EnvVar\('X'\).get_value\(\)"):
        str(EnvVar("X"))
    with pytest.raises(InvalidConfigError):
        f"{EnvVar('X')}"
    with pytest.raises(InvalidConfigError):
        int(EnvVar.int("X"))


def test_it_shows_its_name_and_survives_pickling() -> None:
    for variable in (EnvVar("X"), EnvVar.int("X")):
        assert variable.env_var_name == "X"
        assert repr(pickle.loads(pickle.dumps(variable))) == repr(variable)
    assert (repr(EnvVar("X")), repr(EnvVar.int("X"))) == ("EnvVar('X')", "EnvVar.int('X')")
