"""The import hook in processes that another one started."""

from __future__ import annotations

from headrace.compat.environment import is_wanted


def install_if_inherited() -> None:
    """Installs the import hook if the process that started this one wants it."""
    if is_wanted():
        # Most processes need none of it.
        from headrace.compat.dagster.hook import install

        install()
