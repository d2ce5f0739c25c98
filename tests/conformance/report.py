"""The page about a run."""

from __future__ import annotations

from areas import EXCLUDED
from published import VERSION
from results import Area, Results

_MOST = 40


def table(results: Results) -> str:
    """Returns the counts by area."""
    lines = ["| area | passed | failed | of internals | skipped | passed of judged |", "|---|--:|--:|--:|--:|--:|"]
    lines += [_row(name, area) for name, area in sorted(results.areas.items())]
    return "\n".join([*lines, _row("**all**", results.total)])


def _row(name: str, area: Area) -> str:
    counts = [str(area.outcomes[outcome]) for outcome in ("passed", "failed", "internal", "skipped")]
    return f"| {name} | " + " | ".join([*counts, area.share]) + " |"


def page(results: Results) -> str:
    """Returns docs/conformance.md."""
    internals = "\n".join(f"| `{name}` | {count} |" for name, count in results.internals.most_common(_MOST))
    excluded = "\n".join(f"| `{folder}` | {why} |" for folder, why in sorted(EXCLUDED.items()))
    return f"""# Conformance

The tests that Dagster publishes in the source distribution of version {VERSION}, run on Headrace with the import hook of
[the compatibility package](migrating-from-dagster.md). `make conformance` downloads them, runs them and writes this page.

{table(results)}

*Passed* and *failed* are tests that use the public API alone. A test is *of internals* when it uses, itself or through a helper of its module,
something that is imported from inside of Dagster, or a private attribute of an object: what it proves is how Dagster is built. *Skipped*
are tests that say so themselves, and those of modules that need a library which is not installed. Where a test expects
Dagster's `CheckError`, any error of Headrace counts, and so does a `TypeError`; error messages are not Dagster's, so a test that compares one
fails. A few helpers that tests take from inside of Dagster without testing them (a clock, environment variables) are written anew.

## The internals that tests use most

| internal | tests |
|---|--:|
{internals}

## Folders that are not run

| folder | what it tests |
|---|---|
{excluded}
"""
