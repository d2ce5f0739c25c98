"""Graphs: nesting, fan-in, branching, order, dynamic."""

import dagster as dg


@dg.op
def one() -> int:
    return 1


@dg.op
def add_one(number: int) -> int:
    return number + 1


@dg.op
def total(numbers: list[int]) -> int:
    return sum(numbers)


@dg.op
def add(a: int, b: int) -> int:
    return a + b


@dg.op(out=dg.DynamicOut(int))
def pieces():
    for number in range(3):
        yield dg.DynamicOutput(number, mapping_key=f"num_{number}")


@dg.graph
def inner(number: int) -> int:
    return add_one(add_one.alias("again")(number))


def test_linear_and_aliased():
    @dg.graph
    def linear():
        return inner(inner.alias("first")(one()))

    result = linear.to_job(name="linear_job", tags={"a": "b"}, description="d").execute_in_process()
    assert result.output_for_node("inner") == 5
    assert result.output_for_node("first.again") == 2
    assert linear.execute_in_process().output_value() == 5


def test_fan_in():
    @dg.graph
    def fan_in():
        total([one(), one.alias("two")(), one.alias("three")()])

    assert fan_in.execute_in_process().output_for_node("total") == 3


def test_branching():
    @dg.op(out={"left": dg.Out(is_required=False), "right": dg.Out(is_required=False)})
    def choose():
        yield dg.Output(1, "left")

    @dg.graph
    def branching():
        left, right = choose()
        add_one.alias("went_left")(left)
        add_one.alias("went_right")(right)

    result = branching.execute_in_process()
    assert result.output_for_node("went_left") == 2
    assert [event.step_key for event in result.all_events if event.is_step_skipped] == ["went_right"]


def test_order_without_data():
    done = []

    @dg.op
    def create_table() -> None:
        done.append("create")

    @dg.op(ins={"start": dg.In(dg.Nothing)})
    def insert() -> None:
        done.append("insert")

    @dg.op(ins={"after": dg.In(dg.Nothing)})
    def vacuum() -> None:
        done.append("vacuum")

    @dg.graph
    def ordered():
        vacuum(
            after=[
                insert(start=create_table()),
                insert.alias("insert_again")(start=create_table.alias("create_again")()),
            ]
        )

    assert ordered.execute_in_process().success
    assert done[-1] == "vacuum" and done.count("insert") == 2


def test_outputs_of_graphs():
    @dg.graph(out={"small": dg.GraphOut(), "big": dg.GraphOut(description="bigger")})
    def two_outputs():
        small = one()
        return {"small": small, "big": add_one(small)}

    @dg.graph
    def uses():
        found = two_outputs()
        return add(found.small, found.big)

    assert uses.execute_in_process().output_value() == 3
    assert two_outputs.execute_in_process().output_value("big") == 2


def test_inputs_of_graphs():
    @dg.graph
    def wires(x: int):
        return add_one(x)

    job = wires.to_job(input_values={"x": 5})
    assert wires.execute_in_process(input_values={"x": 5}).output_value() == 6
    assert job.execute_in_process().output_value() == 6
    assert job.execute_in_process(input_values={"x": 6}).output_value() == 7
    assert wires.to_job().execute_in_process(run_config={"inputs": {"x": {"value": 2}}}).output_value() == 3


def test_dynamic_mapping_and_collecting():
    @dg.job
    def dynamic():
        total(pieces().map(add_one).collect())

    @dg.job
    def chained():
        def each(value):
            return add_one(add_one.alias("b")(value))

        total(pieces().map(each).collect())

    @dg.job
    def other_argument():
        fixed = one()
        pieces().map(lambda value: add(value, fixed))

    assert dynamic.execute_in_process().output_for_node("total") == 6
    assert chained.execute_in_process().output_for_node("total") == 9
    assert other_argument.execute_in_process().output_for_node("add") == {"num_0": 1, "num_1": 2, "num_2": 3}


def test_several_dynamic_outputs():
    @dg.op(out={"values": dg.DynamicOut(), "negatives": dg.DynamicOut()})
    def several():
        for number in range(2):
            yield dg.DynamicOutput(number, output_name="values", mapping_key=f"num_{number}")
            yield dg.DynamicOutput(-number, output_name="negatives", mapping_key=f"neg_{number}")

    @dg.op(out=dg.DynamicOut())
    def returned() -> list[dg.DynamicOutput[str]]:
        return [dg.DynamicOutput("foo", mapping_key="1")]

    @dg.job
    def multiple():
        values, negatives = several()
        total(values.collect())
        total.alias("negative_total")(negatives.map(add_one).collect())
        outs = several.alias("by_name")()
        total.alias("named_total")(outs.values.collect())
        returned()

    result = multiple.execute_in_process()
    assert result.output_for_node("negative_total") == 1
    assert result.output_for_node("returned") == {"1": "foo"}


def test_a_graph_by_hand():
    by_hand = dg.GraphDefinition(
        name="one_plus_one",
        node_defs=[one, add_one],
        dependencies={"add_one": {"number": dg.DependencyDefinition("one")}},
    ).to_job()
    assert by_hand.execute_in_process().output_for_node("add_one") == 2
