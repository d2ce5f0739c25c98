"""The records in memory and those in the database tell the same of any history."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine

from headrace import AssetKey
from headrace.execute.events.event import AssetMaterialized, Event
from headrace.instance.details import MaterializationPlanned
from headrace.instance.partition_book import PartitionBook
from headrace_services.storage.store import assets, history
from headrace_services.storage.store.history import MATERIALIZED, AssetFact, Entry, Plan
from headrace_services.storage.store.schema import metadata
from headrace_services.storage.store.transaction import Transaction

KEY = AssetKey("a")
PARTITIONS = "xyz"
RUNS = (1, 2, 3)

steps = st.lists(
    st.one_of(
        st.tuples(st.just("plan"), st.sampled_from(RUNS), st.sets(st.sampled_from(PARTITIONS), min_size=1)),
        st.tuples(st.just("make"), st.sampled_from((0, *RUNS)), st.sampled_from(PARTITIONS)),
        st.tuples(st.just("end"), st.sampled_from(RUNS), st.booleans()),
    ),
    max_size=14,
)


def play(tx: Transaction, book: PartitionBook, actions: Sequence[Any]) -> None:
    """Does the same to both; a run plans once, makes what it likes, and ends once."""
    planned, ended = set[int](), set[int]()
    for what, run, detail in actions:
        if run in ended or (what == "plan" and run in planned):
            continue
        run_id = f"r{run}" if run else ""
        if what == "plan":
            planned.add(run)
            history.plan(tx, run, run_id, [Plan("a", part, part) for part in sorted(detail)])
            for part in sorted(detail):
                book.note(Event(run_id, 0, "", 0, MaterializationPlanned(KEY, part)))  # type: ignore[arg-type]
        elif what == "make":
            history.keep(tx, run, [Entry(MATERIALIZED, "a", AssetFact(detail), 1, b"")])
            book.note(Event(run_id, 0, "", 0, AssetMaterialized(KEY, detail)))
        elif run in planned:
            ended.add(run)
            history.end_run(tx, run, succeeded=False)
            book.end_run(run_id)


def states(connection: Connection) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    made = frozenset(key for key, _ in assets.made_partitions(connection, "a", (), 0, "", 100))
    attempts = assets.attempts(connection, "a")
    going = frozenset(each.first_key for each in attempts if not each.failed)
    return made, going, frozenset(each.first_key for each in attempts if each.failed) - going


@settings(deadline=None, max_examples=80)
@given(steps)
def test_the_states_of_partitions_are_the_same_in_memory_and_in_the_database(actions: Sequence[Any]) -> None:
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    book = PartitionBook()
    with engine.begin() as connection:
        database = SimpleNamespace(name="sqlite")
        play(Transaction(connection, 0, cast("Any", database)), book, actions)
        known = book.states(KEY)
        assert states(connection) == (known.materialized, known.in_progress, known.failed - known.in_progress)
    engine.dispose()
