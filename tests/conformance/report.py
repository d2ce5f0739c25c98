"""The page about a run."""

from __future__ import annotations

from collections.abc import Sequence

from areas import EXCLUDED
from guides import Guide
from published import VERSION
from results import Area, Results

_MOST = 40


def table(results: Results) -> str:
    """Returns the counts by area."""
    lines = [
        "| area | passed | failed | of internals | superseded | skipped | passed of judged |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    lines += [_row(name, area) for name, area in sorted(results.areas.items())]
    return "\n".join([*lines, _row("**all**", results.total)])


def _row(name: str, area: Area) -> str:
    counts = [str(area.outcomes[outcome]) for outcome in ("passed", "failed", "internal", "superseded", "skipped")]
    return f"| {name} | " + " | ".join([*counts, area.share]) + " |"


def page(results: Results, guides: Sequence[Guide]) -> str:
    """Returns docs/conformance.md."""
    internals = "\n".join(f"| `{name}` | {count} |" for name, count in results.internals.most_common(_MOST))
    excluded = "\n".join(f"| `{folder}` | {why} |" for folder, why in sorted(EXCLUDED.items()))
    return f"""# Conformance

The tests that Dagster publishes in the source distribution of version {VERSION}, run on Headrace with the import hook of
[the compatibility package](migrating-from-dagster.md). `make conformance` downloads them, runs them and writes this page.

{table(results)}

*Passed* and *failed* are tests that use the public API alone. A test is *of internals* when it uses, itself or through a helper of its module,
something that is imported from inside of Dagster, a private attribute of an object, or the storage classes behind an instance: what it
proves is how Dagster is built. *Superseded* are tests that fail for want of what Dagster has kept for older code alone and Headrace leaves
out: auto-materialize policies, and the freshness policies before the present ones. *Skipped* are tests that say so themselves, and those
that need a library which is not installed. Where a test expects Dagster's `CheckError`, any error of Headrace counts, and so does a
`TypeError`; where it compares a message that differs, it fails. A few helpers that tests take from inside of Dagster without testing them (a clock, environment variables) are written anew.

## The guides of the documentation

Blocks of code of our own, after those of the guides of Dagster's documentation (in `tests/unit/compat/guides`); each runs unchanged on Dagster
{VERSION}, and here under the import hook, in every run of the test suite.

{_guides(guides)}

## The internals that tests use most

| internal | tests |
|---|--:|
{internals}

## Folders that are not run

| folder | what it tests |
|---|---|
{excluded}
"""


def _guides(guides: Sequence[Guide]) -> str:
    lines = ["| guide | blocks | run | not yet |", "|---|--:|--:|---|"]
    for guide in guides:
        names = ", ".join(name.removeprefix("test_").replace("_", " ") for name in guide.failed)
        lines.append(f"| {guide.title} | {guide.blocks} | {guide.blocks - len(guide.failed)} | {names} |")
    return "\n".join(lines)
