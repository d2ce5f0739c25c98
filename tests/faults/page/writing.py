"""The page itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from faults.mutants import MUTANTS
from faults.page.collection import Proof
from faults.page.promises import ASSUMPTIONS, AT_LENGTH, FAULTS, NOT_PROMISED, PARTS, PROMISES

_HEAD = """# Promises

What Headrace promises when things go wrong, and what proves it. This page is made from the tests (`make promises`): what is
not tested is not in it, and an empty cell is a statement too. How it is tested: [tests/faults](../tests/faults/README.md).
"""


def page(proofs: Sequence[Proof]) -> str:
    """Returns the page in Markdown."""
    return (
        "\n".join([_HEAD, *_promises(), *_assumptions(), *_matrix(proofs), *_tests(proofs), *_bugs(), *_at_length()])
        + "\n"
    )


def _promises() -> Iterator[str]:
    yield from ("## What is promised", "", "| | promise | |", "|---|---|---|")
    for number, (name, text) in PROMISES.items():
        yield f"| {number} | **{name}** | {text} |"


def _assumptions() -> Iterator[str]:
    yield from ("", "This is assumed:", "", *(f"- {each}" for each in ASSUMPTIONS))
    yield from ("", "## What is not promised", "", *(f"- {each}" for each in NOT_PROMISED))


def _matrix(proofs: Sequence[Proof]) -> Iterator[str]:
    yield from ("", "## Which promises are checked under which faults", "")
    yield f"| what goes wrong | {' | '.join(PARTS)} |"
    yield "|---|" + "---|" * len(PARTS)
    for number, name in FAULTS.items():
        cells = [" ".join(_in_order(proofs, number, part)) for part in PARTS]
        yield f"| {name} | {' | '.join(cells)} |"


def _in_order(proofs: Sequence[Proof], fault: str, part: str) -> list[str]:
    found = {promise for each in proofs if each.fault == fault and part in each.parts for promise in each.promises}
    return [promise for promise in PROMISES if promise in found]


def _tests(proofs: Sequence[Proof]) -> Iterator[str]:
    yield from ("", "## Which tests check a promise", "", "| | tests |", "|---|---|")
    for promise in PROMISES:
        tests = sorted({each.test for each in proofs if promise in each.promises})
        yield f"| {promise} | {'<br>'.join(f'`{test}`' for test in tests)} |"


def _bugs() -> Iterator[str]:
    yield from (
        "",
        "## Bugs that are planted to see the tests catch them",
        "",
        "| breaks | bug | in |",
        "|---|---|---|",
    )
    for mutant in sorted(MUTANTS, key=lambda each: (int(each.breaks.removeprefix("P")), each.name)):
        yield f"| {mutant.breaks} | {mutant.name} | `{mutant.file}` |"


def _at_length() -> Iterator[str]:
    yield from ("", "## What the long form has shown", "")
    yield "`make faults`, last written down on 22 November 2026, on two cores that others used too. No promise was broken."
    yield from ("", *(f"- {each}" for each in AT_LENGTH))
