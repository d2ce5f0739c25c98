"""What docstrings say of functions, their parameters and what they return."""

from __future__ import annotations

import pytest

import headrace as dg
from headrace.definitions.docstrings import described


def google(orders, rates):
    """Converts orders.

    Args:
        orders: The orders,
            of one day.
        rates (dict): What a euro is worth.

    Returns:
        dict: The orders in euros.
    """


def numpy(orders, rates):
    """Converts orders.

    Parameters
    ----------
    orders : list
        The orders,
        of one day.
    rates
        What a euro is worth.

    Returns
    -------
    dict
        The orders in euros.
    """


def fields(orders, rates):
    """Converts orders.

    :param orders: The orders,
        of one day.
    :param dict rates: What a euro is worth.
    :returns: The orders in euros.
    """


@pytest.mark.parametrize("function", [google, numpy, fields])
def test_parameters_and_what_is_returned_are_described(function) -> None:
    said = described(function)
    assert said.parameters == {"orders": "The orders, of one day.", "rates": "What a euro is worth."}
    assert said.returns == "The orders in euros."


@pytest.mark.parametrize(
    "text", [None, "", "One line.", "Nothing: to see here.\n\nMore: of it.", "Args:", "Args:\n\n---"]
)
def test_what_has_no_sections_describes_nothing(text: str | None) -> None:
    def function() -> None: ...

    function.__doc__ = text
    assert described(function) == described(lambda: None)


def test_inputs_and_outputs_of_ops_and_assets_are_described_unless_they_say_it_themselves() -> None:
    @dg.op(ins={"rates": dg.In(description="Rates.")})
    def convert(context, orders, rates):
        """Converts orders.

        Args:
            context: Where it logs.
            orders: The orders.
            rates: What a euro is worth.

        Returns:
            The orders in euros.
        """

    assert {name: each.description for name, each in convert.ins.items()} == {
        "orders": "The orders.",
        "rates": "Rates.",
    }
    assert convert.outs["result"].description == "The orders in euros."

    @dg.asset
    def converted(orders):
        """In euros.

        Args:
            orders: The orders.
        """

    assert converted.op.ins["orders"].description == "The orders."


def test_resources_are_described_without_indentation() -> None:
    @dg.resource
    def warehouse():
        """Holds
        everything.
        """

    assert warehouse.description == "Holds\neverything."
