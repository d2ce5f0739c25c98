"""How long a client waits and whether it tries again follows from the contract alone."""

from __future__ import annotations

import pytest

from headrace.rpc.methods import method_of
from rig.probe import SERVICE, BlindRequest, ProbeRequest


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        ("GetProbe", 5.0),
        ("CreateProbe", 10.0),
        ("EvaluateProbe", 60.0),
        ("WatchProbe", None),
        ("ExchangeProbe", None),
        ("WriteProbe", 300.0),
        ("NoSuchProbe", 10.0),
    ],
)
def test_a_method_has_a_default_deadline(name: str, seconds: float | None) -> None:
    assert method_of(f"/{SERVICE}/{name}").timeout == seconds


def test_what_has_no_side_effects_or_is_idempotent_may_be_repeated() -> None:
    assert method_of(f"/{SERVICE}/GetProbe").may_repeat(ProbeRequest())
    assert method_of(f"/{SERVICE}/PutProbe").may_repeat(BlindRequest())


def test_a_write_may_be_repeated_when_its_request_says_so() -> None:
    method = method_of(f"/{SERVICE}/CreateProbe")
    assert not method.may_repeat(ProbeRequest())
    assert method.may_repeat(ProbeRequest(request_id="abc"))
    assert method.may_repeat(ProbeRequest(epoch=3))


def test_a_write_that_says_nothing_or_is_unknown_must_not_be_repeated() -> None:
    assert not method_of(f"/{SERVICE}/SendProbe").may_repeat(BlindRequest())
    assert not method_of("/some.other.Service/Do").may_repeat(BlindRequest())


def test_a_method_knows_its_names() -> None:
    method = method_of(f"/{SERVICE}/GetProbe")
    assert (method.service, method.name) == (SERVICE, "GetProbe")
