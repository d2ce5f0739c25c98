"""A location with something of everything that the console shows."""

from __future__ import annotations

import time

import headrace as dg

# A browser that ran this would say so in the page's title.
ATTACK = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"


@dg.op(description="Reads the orders of the day.")
def extract_orders(context):
    context.log.info("reading orders")
    print("connected to the warehouse")
    time.sleep(0.15)
    context.log.debug("1,204 rows")
    return list(range(1204))


@dg.op(tags={"team": "data"})
def clean_orders(context, orders):
    time.sleep(0.1)
    context.log.warning("12 orders have no country")
    return [order for order in orders if order % 100]


@dg.op
def revenue_by_country(context, orders):
    time.sleep(0.2)
    context.add_output_metadata(
        {"rows": len(orders), "preview": dg.MetadataValue.md("| country | revenue |\n|---|---|\n| DE | 1,200 |")}
    )
    return {"DE": 1200}


@dg.op
def top_customers(orders):
    time.sleep(0.3)
    return orders[:10]


@dg.op(config_schema={"channel": dg.Field(str, default_value="sales")})
def publish_report(context, revenue, customers):
    print(f"published to {context.op_config['channel']}")
    time.sleep(0.05)


@dg.job(tags={"team": "data"}, description="What was sold yesterday, and to whom.")
def nightly_report():
    orders = clean_orders(extract_orders())
    publish_report(revenue_by_country(orders), top_customers(orders))


class PriceMissing(Exception):
    """A row of the feed has no price."""


@dg.op(retry_policy=dg.RetryPolicy(max_retries=2, delay=0.2))
def fetch_prices(context):
    if context.retry_number < 1:
        raise ConnectionError("the feed closed the connection")
    return [{"sku": "a"}]


@dg.op
def parse_prices(context, rows):
    print("parsing", len(rows), "rows")
    context.log.warning("the feed calls itself %s", ATTACK)
    print("the feed calls itself", ATTACK)
    try:
        return [row["price"] for row in rows]
    except KeyError as error:
        raise PriceMissing("row 1 of the feed has no price") from error


@dg.op
def store_prices(prices):
    return len(prices)


@dg.job(tags={"team": "pricing"})
def import_prices():
    store_prices(parse_prices(fetch_prices()))


@dg.op(config_schema={"seconds": dg.Field(float, default_value=300.0)})
def export_slowly(context):
    deadline = time.monotonic() + context.op_config["seconds"]
    line = 0
    while time.monotonic() < deadline:
        line += 1
        print(f"line {line}", flush=True)
        time.sleep(0.2)


@dg.job
def slow_export():
    export_slowly()


@dg.op(config_schema={"parts": dg.Field(int, default_value=2000)}, out=dg.DynamicOut(int))
def split(context):
    for part in range(context.op_config["parts"]):
        yield dg.DynamicOutput(part, mapping_key=f"p{part}")


@dg.op(config_schema={"lines": dg.Field(int, default_value=20)})
def handle(context, part):
    for line in range(context.op_config["lines"]):
        context.log.info("part %s line %s", part, line)
    return part


@dg.job(executor_def=dg.in_process_executor)
def many_parts():
    split().map(handle)


@dg.asset(group_name="shop", kinds=["python", "sql"], description="All orders, **cleaned**.")
def orders(context):
    context.add_output_metadata(
        {
            "rows": 1204,
            "share": 0.97,
            "note": dg.MetadataValue.md(f"# Orders\n\nGood *news* {ATTACK} [link](javascript:document.title='owned')"),
            "link": dg.MetadataValue.url("javascript:document.title='owned'"),
            "sample": dg.MetadataValue.table(
                [dg.TableRecord({"id": 1, "total": 9.5}), dg.TableRecord({"id": 2, "total": 3.0})]
            ),
        }
    )
    return [1, 2]


@dg.asset(group_name="shop")
def revenue(orders):
    return sum(orders)


@dg.asset_check(asset=orders)
def orders_not_empty():
    return dg.AssetCheckResult(passed=True, metadata={"rows": 1204})


@dg.schedule(cron_schedule="0 6 * * *", job=nightly_report)
def every_morning():
    return {}


defs = dg.Definitions(
    assets=[orders, revenue],
    asset_checks=[orders_not_empty],
    jobs=[nightly_report, import_prices, slow_export, many_parts],
    schedules=[every_morning],
)
