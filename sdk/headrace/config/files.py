"""Run config from YAML: files, strings, and files inside of packages, each merged over the ones before it."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from typing import Any

from headrace.errors import InvariantViolationError


def config_from_files(config_files: Sequence[str]) -> Mapping[str, Any]:
    """Returns the run config of YAML files.

    Args:
        config_files: Paths, or patterns of paths; the files of a pattern are taken in the order of their names.

    Raises:
        FileNotFoundError: a path or pattern matches no file.
        InvariantViolationError: a file is not YAML, or not a mapping.
    """
    return _merged((path, _read(path)) for given in config_files for path in _matching(given))


def config_from_yaml_strings(yaml_strings: Sequence[str]) -> Mapping[str, Any]:
    """Returns the run config of YAML strings.

    Raises:
        InvariantViolationError: a string is not YAML, or not a mapping.
    """
    return _merged((f"string {number}", text) for number, text in enumerate(yaml_strings, 1))


def config_from_pkg_resources(pkg_resource_defs: Sequence[tuple[str, str]]) -> Mapping[str, Any]:
    """Returns the run config of YAML files inside of packages.

    Args:
        pkg_resource_defs: A package's name and a path below it, each.

    Raises:
        FileNotFoundError: a package has no such file.
        InvariantViolationError: a file is not YAML, or not a mapping.
    """
    return _merged(
        (f"{path} of {package}", resources.files(package).joinpath(path).read_text(encoding="utf-8"))
        for package, path in pkg_resource_defs
    )


def _matching(pattern: str) -> list[str]:
    found = sorted(glob.glob(os.fspath(pattern), recursive=True))
    if not found:
        raise FileNotFoundError(f"No file matches {pattern!r} (looked from {os.getcwd()}).")
    return found


def _read(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()


def _merged(documents: Iterable[tuple[str, str]]) -> dict[str, Any]:
    config: dict[str, Any] = {}
    for name, text in documents:
        config = _deep_merge(config, _parse(name, text))
    return config


def _parse(name: str, text: str) -> Mapping[str, Any]:
    import yaml  # only whoever loads YAML pays for it

    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InvariantViolationError(f"{name} is not YAML: {error}") from error
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvariantViolationError(f"Run config is a mapping, but {name} holds a {type(value).__name__}.")
    return value


def _deep_merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        both = isinstance(below, dict) and isinstance(value, dict)
        merged[key] = _deep_merge(below, value) if both else value  # type: ignore[arg-type]
    return merged
