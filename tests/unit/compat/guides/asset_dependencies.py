"""Passing data between assets, and dependencies without data."""

from collections.abc import Iterator

import dagster as dg


def test_by_parameter_name_by_key_and_without_value():
    @dg.asset
    def upstream() -> int:
        return 20

    @dg.asset(key=["named", "otherwise"])
    def other() -> int:
        return 2

    @dg.asset(ins={"factor": dg.AssetIn(key=dg.AssetKey(["named", "otherwise"]))})
    def product(upstream: int, factor: int) -> int:
        return upstream * factor

    @dg.asset(deps=[product, dg.AssetDep("outside"), "elsewhere", dg.AssetKey("third")])
    def last() -> None: ...

    result = dg.materialize([upstream, other, product, last])
    assert result.output_for_node("product") == 40
    assert last.dependency_keys == {product.key, *(dg.AssetKey(name) for name in ("outside", "elsewhere", "third"))}


def test_a_prefix_for_the_keys_of_inputs():
    @dg.asset(key_prefix="lake")
    def events() -> list:
        return [1]

    @dg.asset(ins={"events": dg.AssetIn(key_prefix="lake")})
    def sessions(events: list) -> int:
        return len(events)

    assert dg.materialize([events, sessions]).output_for_node("sessions") == 1


def test_external_assets_are_loaded_and_not_made():
    class Files(dg.IOManager):
        def handle_output(self, context: dg.OutputContext, obj) -> None: ...

        def load_input(self, context: dg.InputContext):
            return "/".join(context.asset_key.path)

    files = dg.AssetSpec("files", metadata={"dagster/io_manager_key": "files_io"})
    older = dg.SourceAsset("older", io_manager_key="files_io")

    @dg.asset
    def digest(files, older) -> str:
        return f"{files}+{older}"

    resources = {"files_io": Files()}
    assert (
        dg.materialize([files, older, digest], resources=resources, selection=[digest]).output_for_node("digest")
        == "files+older"
    )
    assert dg.Definitions(assets=[files, older, digest], resources=resources).resolve_implicit_global_asset_job_def()


def test_assets_may_pass_no_data_at_all():
    stored: dict[str, int] = {}

    @dg.asset
    def writes() -> None:
        stored["value"] = 1

    @dg.asset(deps=[writes])
    def reads() -> dg.MaterializeResult:
        return dg.MaterializeResult(metadata={"value": stored["value"]})

    assert dg.materialize([writes, reads]).success


def test_an_asset_can_hand_on_an_iterator():
    @dg.asset
    def numbers() -> Iterator[dg.Output]:
        yield dg.Output([1, 2], metadata={"length": 2})

    @dg.asset
    def total(numbers: list) -> int:
        return sum(numbers)

    assert dg.materialize_to_memory([numbers, total]).output_for_node("total") == 3
