"""Presets: configurations of a job that have names."""

from __future__ import annotations

import pytest

import headrace as dg
from headrace.errors import InvalidDefinitionError
from headrace.wire.jobs import to_job


class Rows(dg.Config):
    rows: int


@dg.op
def load(config: Rows) -> None: ...


def test_presets_of_a_job_are_told_in_their_order() -> None:
    @dg.job(
        presets={"small": dg.RunConfig(ops={"load": Rows(rows=1)}), "all": {"ops": {"load": {"config": {"rows": 9}}}}}
    )
    def made() -> None:
        load()

    message = to_job(made)
    assert [(preset.name, preset.run_config.text) for preset in message.presets] == [
        ("small", '{"ops":{"load":{"config":{"rows":1}}}}'),
        ("all", '{"ops":{"load":{"config":{"rows":9}}}}'),
    ]


def test_a_job_of_assets_has_presets_too() -> None:
    @dg.asset
    def orders(config: Rows) -> None: ...

    chosen = dg.define_asset_job("chosen", ["orders"], presets={"small": {"ops": {"orders": {"config": {"rows": 1}}}}})
    defs = dg.Definitions(assets=[orders], jobs=[chosen])
    assert list(defs.resolve_job_def("chosen").presets) == ["small"]


@pytest.mark.parametrize(
    ("presets", "said"),
    [({"": {}}, "a text that is not empty"), ({"small": [1]}, "preset 'small' of Job 'made' is list")],
)
def test_a_preset_that_is_none_is_refused(presets: dict[str, object], said: str) -> None:
    with pytest.raises(InvalidDefinitionError, match=said):

        @dg.job(presets=presets)  # type: ignore[arg-type]
        def made() -> None:
            load()
