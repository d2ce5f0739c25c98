"""Op types, Definitions, and loading definitions from modules."""

import sys
import types

import dagster as dg


def test_types_of_ones_own():
    def is_list_of_dicts(_, value) -> dg.TypeCheck:
        ok = isinstance(value, list) and all(isinstance(each, dict) for each in value)
        return dg.TypeCheck(success=ok, description="rows", metadata={"count": len(value) if ok else 0})

    Rows = dg.DagsterType(name="Rows", type_check_fn=is_list_of_dicts, description="rows of a file")

    @dg.op(out=dg.Out(Rows))
    def load() -> list:
        return [{"a": 1}]

    @dg.op(ins={"rows": dg.In(Rows)})
    def count(rows):
        return len(rows)

    @dg.job
    def rows_job():
        count(load())

    assert rows_job.execute_in_process().output_for_node("count") == 1


def test_classes_as_types():
    class Even:
        def __init__(self, number: int) -> None:
            assert number % 2 == 0
            self.number = number

    EvenType = dg.PythonObjectDagsterType(Even, name="Even")

    @dg.usable_as_dagster_type(name="Marked", description="d")
    class Marked: ...

    class Outside: ...

    dg.make_python_type_usable_as_dagster_type(Outside, dg.PythonObjectDagsterType(Outside, name="OutsideType"))

    @dg.op
    def make() -> Even:
        return Even(2)

    @dg.op(ins={"even": dg.In(EvenType)}, out=dg.Out(Marked))
    def use(even):
        return Marked()

    @dg.op
    def see(marked: Marked) -> Outside:
        return Outside()

    @dg.job
    def typed():
        see(use(make()))

    assert typed.execute_in_process().success
    assert dg.check_dagster_type(EvenType, Even(4)).success
    assert not dg.check_dagster_type(EvenType, 4).success


def test_values_of_types_from_config():
    @dg.dagster_type_loader(dg.Selector({"path": str, "number": int}))
    def less_simple(_context, config):
        return len(config["path"]) if "path" in config else config["number"]

    Loaded = dg.DagsterType(name="Loaded", type_check_fn=lambda _, value: isinstance(value, int), loader=less_simple)

    @dg.op(ins={"value": dg.In(Loaded)})
    def give(value):
        return value

    @dg.job
    def loading():
        give()

    assert (
        loading.execute_in_process({"ops": {"give": {"inputs": {"value": {"number": 3}}}}}).output_for_node("give") == 3
    )


def test_the_older_names_of_types():
    @dg.op(
        ins={"a": dg.In(dg.List[dg.Int]), "b": dg.In(dg.Optional[str]), "c": dg.In(dg.Dict[str, dg.Any])},
        out=dg.Out(dg.Tuple[int, str]),
    )
    def old(a, b, c):
        return (len(a), b or "none")

    @dg.op(out={"a": dg.Out(dg.List[int]), "b": dg.Out(dg.Optional[str]), "c": dg.Out(dict)})
    def make():
        return [1], None, {"x": 1}

    @dg.job
    def old_job():
        old(*make())

    assert old_job.execute_in_process().output_for_node("old") == (1, "none")


def module_with_assets(name: str) -> types.ModuleType:
    module = types.ModuleType(name)

    @dg.asset
    def one() -> int:
        return 1

    @dg.asset(deps=[one])
    def two() -> None: ...

    @dg.asset_check(asset=one)
    def check_one() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=True)

    @dg.schedule(cron_schedule="@daily", target="*")
    def daily(): ...

    vars(module).update(one=one, two=two, check_one=check_one, daily=daily, job=dg.define_asset_job("both", "*"))
    sys.modules[name] = module
    return module


def test_loading_from_modules():
    module = module_with_assets("guide_assets")
    assets = dg.load_assets_from_modules([module], group_name="loaded", key_prefix="p")
    checks = dg.load_asset_checks_from_modules([module], asset_key_prefix="p")
    defs = dg.Definitions(assets=assets, asset_checks=checks)
    specs = {spec.key.to_user_string(): spec for spec in defs.resolve_all_asset_specs()}
    assert set(specs) == {"p/one", "p/two"} and specs["p/one"].group_name == "loaded"
    everything = dg.load_definitions_from_module(module)
    assert everything.resolve_job_def("both").execute_in_process().success
    assert everything.resolve_schedule_def("daily")


def test_lazy_definitions():
    @dg.asset
    def lazy() -> int:
        return 1

    @dg.definitions
    def defs():
        return dg.Definitions(assets=[lazy])

    assert defs().resolve_implicit_global_asset_job_def().execute_in_process().success


def test_definitions_are_merged_and_mapped():
    @dg.asset
    def first() -> None: ...

    @dg.asset(group_name="g")
    def second() -> None: ...

    one = dg.Definitions(assets=[first], resources={"a": 1})
    two = dg.Definitions(assets=[second], resources={"b": 2})
    merged = dg.Definitions.merge(one, two)
    mapped = merged.map_asset_specs(func=lambda spec: spec.merge_attributes(tags={"x": "y"}))
    assert all(spec.tags["x"] == "y" for spec in mapped.resolve_all_asset_specs())
    assert {spec.key for spec in merged.resolve_all_asset_specs()} == {first.key, second.key}
    try:
        dg.Definitions.merge(one, one)
    except dg.DagsterInvariantViolationError:
        pass


def test_what_cannot_be():
    @dg.asset
    def doubled() -> None: ...

    other = dg.asset(name="doubled")(lambda: 1)
    try:
        dg.Definitions.validate_loadable(dg.Definitions(assets=[doubled, other]))
    except (dg.DagsterInvalidDefinitionError, dg.DagsterInvariantViolationError):
        pass
    else:
        raise AssertionError("loadable")
