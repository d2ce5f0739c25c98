"""`pytest -p headrace.compat.dagster.pytest_plugin`: tests that say `import dagster` run as they are, in every worker of pytest too."""

from __future__ import annotations

from headrace.compat.dagster.hook import install

install()
