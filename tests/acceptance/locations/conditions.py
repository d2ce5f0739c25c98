"""Assets that are made by themselves."""

from __future__ import annotations

import headrace as dg

Condition = dg.AutomationCondition
RUNNING = dg.DefaultSensorStatus.RUNNING


@dg.asset(group_name="eager")
def orders() -> int:
    return 3


@dg.asset(group_name="eager", automation_condition=Condition.eager())
def totals(orders: int) -> int:
    return orders + 1


@dg.asset(group_name="eager", automation_condition=Condition.eager())
def report(totals: int) -> int:
    return totals + 1


@dg.asset_check(asset=orders, automation_condition=Condition.eager())
def some_orders(orders: int) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=orders > 0)


class Wanted(dg.AutomationCondition):
    """True once, for what somebody has never made: conditions may be written in the location."""

    def evaluate(self, context: dg.AutomationContext) -> dg.AutomationResult:
        context.log.info("asked for %s", context.key.to_user_string())
        missing = self.missing().evaluate(context).true_subset
        chosen = context.get_empty_subset() if context.cursor == "asked" else missing
        return dg.AutomationResult(context, chosen, cursor="asked")


@dg.asset(group_name="custom", automation_condition=Wanted())
def wanted() -> int:
    return 1


@dg.asset(
    group_name="regions",
    partitions_def=dg.StaticPartitionsDefinition(["north", "south", "west"]),
    backfill_policy=dg.BackfillPolicy.single_run(),
    automation_condition=Condition.missing() & ~Condition.in_progress(),
)
def regions(context: dg.AssetExecutionContext) -> None:
    context.log.info("for %s", ", ".join(context.partition_keys))


def stores(group: str) -> list[dg.AssetsDefinition]:
    """An asset of many parts that nobody has made, and one that is made from them."""
    options = {
        "group_name": group,
        "partitions_def": dg.StaticPartitionsDefinition([f"store{number}" for number in range(12)]),
        "automation_condition": Condition.missing() & ~Condition.in_progress() & ~Condition.any_deps_in_progress(),
    }

    @dg.asset(name=f"{group}_counted", **options)
    def counted() -> None: ...

    @dg.asset(name=f"{group}_priced", deps=[counted], **options)
    def priced() -> None: ...

    return [counted, priced]


@dg.asset(group_name="outside", deps=["warehouse"], automation_condition=Condition.eager())
def from_outside() -> None: ...


@dg.asset(group_name="jobs", deps=["landing"])
def loaded() -> None: ...


load = dg.define_asset_job(
    "load",
    selection=["loaded"],
    automation_condition=Condition.all_job_root_assets_match(Condition.eager()),
)
jobs = dg.AutomationConditionSensorDefinition(
    "jobs_conditions",
    target=[],
    default_status=RUNNING,
    run_tags={"group": "jobs"},
    asset_job_keys={dg.AssetJobKey("load")},
)


@dg.asset(group_name="off", automation_condition=Condition.missing())
def off() -> None: ...


def automation(group: str, *, emit_backfills: bool = True) -> dg.AutomationConditionSensorDefinition:
    return dg.AutomationConditionSensorDefinition(
        f"{group}_conditions",
        target=dg.AssetSelection.groups(group),
        default_status=RUNNING,
        run_tags={"group": group},
        emit_backfills=emit_backfills,
    )


defs = dg.Definitions(
    assets=[
        *(orders, totals, report, wanted, regions, from_outside, loaded, off),
        *stores("together"),
        *stores("apart"),
    ],
    asset_checks=[some_orders],
    jobs=[load],
    sensors=[
        jobs,
        *(automation(group) for group in ("eager", "custom", "regions", "outside", "together")),
        automation("apart", emit_backfills=False),
    ],
)
