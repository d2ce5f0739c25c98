"""Selecting assets."""

import dagster as dg


@dg.asset(group_name="raw", tags={"tier": "bronze"})
def source_a() -> None: ...


@dg.asset(group_name="raw", owners=["team:data"])
def source_b() -> None: ...


@dg.asset(deps=[source_a, source_b], group_name="marts", kinds={"dbt"})
def joined() -> None: ...


@dg.asset(deps=[joined], key_prefix="reports")
def weekly() -> None: ...


@dg.asset_check(asset=joined)
def joined_check() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True)


ASSETS = [source_a, source_b, joined, weekly]


def selected(selection) -> set[str]:
    return {key.to_user_string() for key in dg.AssetSelection.all().resolve(ASSETS) & selection.resolve(ASSETS)}


def test_by_what_assets_are():
    assert selected(dg.AssetSelection.groups("raw")) == {"source_a", "source_b"}
    assert selected(dg.AssetSelection.assets(joined)) == {"joined"}
    assert selected(dg.AssetSelection.keys("reports/weekly")) == {"reports/weekly"}
    assert selected(dg.AssetSelection.key_prefixes("reports")) == {"reports/weekly"}
    assert selected(dg.AssetSelection.tag("tier", "bronze")) == {"source_a"}
    assert selected(dg.AssetSelection.owner("team:data")) == {"source_b"}
    assert selected(dg.AssetSelection.kind("dbt")) == {"joined"}


def test_by_where_they_are():
    assert selected(dg.AssetSelection.assets(joined).upstream()) == {"source_a", "source_b", "joined"}
    assert selected(dg.AssetSelection.assets(joined).upstream(include_self=False)) == {"source_a", "source_b"}
    assert selected(dg.AssetSelection.assets("source_a").downstream(depth=1)) == {"source_a", "joined"}
    assert selected(dg.AssetSelection.all().sinks()) == {"reports/weekly"}
    assert selected(dg.AssetSelection.all().roots()) == {"source_a", "source_b"}


def test_set_operations():
    raw, marts = dg.AssetSelection.groups("raw"), dg.AssetSelection.groups("marts")
    assert selected(raw | marts) == {"source_a", "source_b", "joined"}
    assert selected(dg.AssetSelection.all() - raw) == {"joined", "reports/weekly"}
    assert selected(raw & dg.AssetSelection.assets("source_a")) == {"source_a"}


def test_as_text():
    for text, expected in {
        'group:"raw"': {"source_a", "source_b"},
        'key:"source_*"': {"source_a", "source_b"},
        'key:"joined"+': {"joined", "reports/weekly"},
        '+key:"joined"': {"source_a", "source_b", "joined"},
        'key:"source_a" or owner:"team:data"': {"source_a", "source_b"},
        'not group:"raw" and kind:"dbt"': {"joined"},
        'tag:"tier"="bronze"': {"source_a"},
        "*": {"source_a", "source_b", "joined", "reports/weekly"},
        'roots(key:"joined"+)': {"joined"},
    }.items():
        assert selected(dg.AssetSelection.from_string(text)) == expected, text


def test_jobs_of_selections():
    jobs = [
        dg.define_asset_job("by_text", selection="joined"),
        dg.define_asset_job("by_list", selection=["source_a", "joined"]),
        dg.define_asset_job("by_selection", dg.AssetSelection.groups("raw"), tags={"a": "b"}, description="raw ones"),
        dg.define_asset_job("without_checks", dg.AssetSelection.assets(joined) - dg.AssetSelection.all_asset_checks()),
        dg.define_asset_job("checks_only", dg.AssetSelection.checks_for_assets(joined)),
    ]
    defs = dg.Definitions(assets=ASSETS, asset_checks=[joined_check], jobs=jobs)
    names = {job.name: {node.name for node in defs.resolve_job_def(job.name).nodes} for job in jobs}
    assert names["by_text"] == {"joined", "joined_joined_check"}
    assert names["by_selection"] == {"source_a", "source_b"}
    assert names["without_checks"] == {"joined"}
    assert names["checks_only"] == {"joined_joined_check"}
    assert defs.resolve_job_def("by_list").execute_in_process().success
