"""The app of Celery workers, with the broker and whatever else the environment says."""

from __future__ import annotations

import os

import yaml

from headrace_codeloc.engines.celery.app import make_app
from headrace_codeloc.engines.celery.settings import CelerySettings
from headrace_codeloc.engines.celery.tasks import add_tasks

CONFIG_VARIABLE = "HEADRACE_CELERY_CONFIG"
"""Names a file with the keys of `CelerySettings`."""


def _settings() -> CelerySettings:
    path = os.environ.get(CONFIG_VARIABLE)
    if not path:
        return CelerySettings()
    with open(path) as file:
        return CelerySettings.of(yaml.safe_load(file) or {}, path)


app = make_app(_settings())
add_tasks(app)
