"""Files of settings: every value with its place, every mistake told at once, no secret shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

import pytest

from headrace.errors import InvalidConfigError, InvalidFileError
from headrace.settings import Secret, setting
from headrace.settings.binding import Binder
from headrace.settings.document import parse_yaml, read_yaml


@dataclass(frozen=True)
class Inner:
    port: int = setting(1, "A port.", least=1)
    name: str = setting("", "A name.")


@dataclass(frozen=True)
class Outer:
    IGNORED: ClassVar[Mapping[str, str]] = {"old": "there is nothing left to configure"}

    on: bool = setting(False, "A switch.")
    rate: float = setting(1.0, "A rate.", least=0)
    mode: Literal["fast", "safe"] = setting("safe", "A mode.")
    home: Path = setting(Path("."), "A path.")
    inner: Inner = setting(Inner(port=7), "A part.")
    parts: tuple[Inner, ...] = setting((), "Parts.")
    tags: Mapping[str, str] = setting({}, "Tags.")
    limit: int | None = setting(None, "A limit.")
    password: Secret = setting(Secret(), "A secret.")
    renamed: str = setting("", "Another key.", key="otherName")

    def check(self) -> Mapping[str, str]:
        return {"rate": "a fast one needs a rate"} if self.mode == "fast" and not self.rate else {}


def bind(text: str, environ: Mapping[str, str] | None = None) -> Outer:
    document = parse_yaml(text, "file.yaml")
    binder = Binder(document, environ or {})
    bound = binder.bind(Outer, document.data)
    binder.finish()
    return bound


def problems(text: str, environ: Mapping[str, str] | None = None) -> list[str]:
    with pytest.raises(InvalidFileError) as caught:
        bind(text, environ)
    return str(caught.value).splitlines()


def test_what_a_file_leaves_out_is_the_default() -> None:
    assert bind("") == Outer()
    assert bind("inner: {name: a}").inner == Inner(port=7, name="a")
    assert bind("parts: [{name: a}]").parts == (Inner(port=1, name="a"),)


def test_every_kind_of_value_is_read() -> None:
    bound = bind(
        "on: true\nrate: 2\nmode: fast\nhome: /a\ninner: {port: 2}\nparts: [{}, {port: 3}]\n"
        "tags: {a: b, n: 1}\nlimit: 4\npassword: hunter2\notherName: x"
    )
    assert bound == Outer(
        True,
        2.0,
        "fast",
        Path("/a"),
        Inner(2),
        (Inner(), Inner(3)),
        {"a": "b", "n": "1"},
        4,
        Secret(value="hunter2"),
        "x",
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("on: perhaps", "file.yaml:1:1: on: expected true or false, got 'perhaps'"),
        ("\n  rate: quick", "file.yaml:2:3: rate: expected a number, got 'quick'"),
        ("rate: -1", "file.yaml:1:1: rate: must be at least 0, got -1.0"),
        ("mode: slow", "file.yaml:1:1: mode: expected fast or safe, got 'slow'"),
        ("inner:\n  port: 1.5", "file.yaml:2:3: inner.port: expected a whole number, got 1.5"),
        ("inner: 3", "file.yaml:1:1: inner: expected keys with values, got a single value"),
        ("parts: {a: b}", "file.yaml:1:1: parts: expected a list, got keys (a)"),
        ("parts:\n- name: a\n- prot: 1", "file.yaml:3:3: parts[1].prot: unknown key; did you mean port?"),
        ("limit: true", "file.yaml:1:1: limit: expected a whole number, got True"),
        ("home: 3", "file.yaml:1:1: home: expected a path, got 3"),
        ("modes: fast", "file.yaml:1:1: modes: unknown key; did you mean mode?"),
        ("on: true\non: false", "file.yaml:2:1: on: this key stands twice; remove one"),
        ("mode: fast\nrate: 0", "file.yaml:2:1: rate: a fast one needs a rate"),
        ("password: [a]", "file.yaml:1:1: password: expected text, or env: and the name of an environment variable"),
        ("rate: {env: RATE}", "file.yaml:1:1: rate: the environment variable RATE is not set"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_would_be_right(text: str, message: str) -> None:
    assert problems(text) == [message]


def test_every_mistake_is_told_in_the_order_of_the_file() -> None:
    found = problems("limit: x\nnope: 1\non: maybe")
    assert [line.split(":")[1] for line in found] == ["1", "2", "3"]


def test_values_come_from_the_environment() -> None:
    bound = bind("on: {env: SWITCH}\nrate: {env: RATE}\nlimit: {env: N}", {"SWITCH": "true", "RATE": "0.5", "N": "3"})
    assert (bound.on, bound.rate, bound.limit) == (True, 0.5, 3)


def test_ignored_keys_are_accepted_and_told() -> None:
    document = parse_yaml("old: anything", "file.yaml")
    binder = Binder(document)
    binder.bind(Outer, document.data)
    binder.finish()
    assert binder.ignored == {("old",): "there is nothing left to configure"}


def test_a_secret_never_shows() -> None:
    literal, from_environment = bind("password: hunter2").password, bind("password: {env: PW}").password
    assert "hunter2" not in f"{literal!r} {literal} {bind('password: hunter2')!r}"
    assert literal.reveal() == "hunter2"
    assert from_environment.reveal({"PW": "hunter3"}) == "hunter3"
    with pytest.raises(InvalidConfigError, match="PW is not set"):
        from_environment.reveal({})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [1,\nb: 2", r"file\.yaml:2:5: not YAML"),
        ("a:\n\t- b", r"file\.yaml:2:1: not YAML"),
        ("tags: !!python/object:os.system {}", "the tag !!python/object:os.system means nothing here"),
        ("\x00", "not YAML"),
        ("- 1", "expected keys with values, got a list"),
        ("just text", "expected keys with values, got a single value"),
    ],
)
def test_what_is_no_yaml_is_refused(text: str, message: str) -> None:
    with pytest.raises(InvalidFileError, match=message):
        bind(text)


def test_aliases_and_merges_are_read() -> None:
    bound = bind("inner: &one {port: 3, name: a}\nparts:\n- *one\n- {<<: *one, name: b}")
    assert bound.parts == (Inner(3, "a"), Inner(3, "b"))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidFileError, match=r"none\.yaml: cannot be read: No such file"):
        read_yaml(tmp_path / "none.yaml")
    with pytest.raises(InvalidFileError, match="cannot be read: Is a directory"):
        read_yaml(tmp_path)
    (tmp_path / "latin.yaml").write_bytes(b"a: \xe9")
    with pytest.raises(InvalidFileError, match="not UTF-8"):
        read_yaml(tmp_path / "latin.yaml")


def test_every_setting_says_what_it_means() -> None:
    from dataclasses import fields

    def metadata(settings: Any) -> list[str]:
        return [field.metadata["text"] for field in fields(settings)]

    assert all(text.endswith(".") for text in metadata(Outer))
