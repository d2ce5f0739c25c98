"""Callers who have no token of Headrace's, but one of the provider that everybody at work signs in with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from headrace.client import Client
from headrace.errors import PermissionDeniedError, UnauthenticatedError
from rig import dev
from rig.cli import call_cli
from rig.dev import NUMBERS, DevInstance
from rig.oidc import Provider
from rig.processes import Supervisor
from rig.waiting import wait_until

PEOPLE = {"ada": ["platform", "data"], "ben": ["data"], "eve": ["sales"]}
INSTANCE = """\
auth:
  token: inner
  callers: {{ci: {{token: launches, role: launcher}}}}
  oidc:
    issuer: {issuer}
    audience: headrace
    groups:
      platform: {{role: admin}}
      data: {{role: launcher}}
"""


@pytest.fixture(scope="module")
def supervisor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Supervisor]:
    with closing(Supervisor(tmp_path_factory.mktemp("oidc"))) as supervisor:
        yield supervisor


@pytest.fixture(scope="module")
def provider(supervisor: Supervisor) -> Provider:
    return Provider(supervisor, PEOPLE)


@pytest.fixture(scope="module")
def instance(supervisor: Supervisor, provider: Provider) -> DevInstance:
    home = supervisor.directory / "home"
    home.mkdir()
    (home / "headrace.yaml").write_text(INSTANCE.format(issuer=provider.issuer))
    return dev.start(supervisor, home, "-f", NUMBERS)


def test_who_signed_in_there_is_known_here_and_may_do_what_a_group_of_theirs_may(
    instance: DevInstance, provider: Provider
) -> None:
    with Client(instance.target, token=provider.token("ben")) as ben:
        caller = ben.access.caller()
        assert (caller.name, caller.role) == ("ben", "launcher")
        run = ben.submit_job("process_numbers")
        assert ben.wait(run.run_id, timeout=60).succeeded
        assert ben.get_run(run.run_id).actor == "ben"
        with pytest.raises(PermissionDeniedError, match="auth.oidc.groups.data of the instance file says so"):
            ben.delete_run(run.run_id)
    with Client(instance.target, token=provider.token("ada")) as ada:
        assert ada.access.caller().role == "admin"
        ada.delete_run(run.run_id)
        made = wait_until(lambda: ada.access.audit(caller_name="ben"), what="what ben did")
        assert made[-1].subjects == {"job_name": "process_numbers"}


def test_tokens_of_the_instance_file_stay_good(instance: DevInstance) -> None:
    with Client(instance.target, token="launches") as ci:
        assert ci.access.caller().name == "ci"


def test_nobody_gets_in_with_a_token_for_others_or_without_a_group_that_may(
    instance: DevInstance, provider: Provider
) -> None:
    with (
        Client(instance.target, token=provider.token("ada", audience="wiki")) as elsewhere,
        pytest.raises(UnauthenticatedError, match="Audience doesn't match"),
    ):
        elsewhere.list_runs()
    with (
        Client(instance.target, token=provider.token("eve")) as eve,
        pytest.raises(PermissionDeniedError, match=r"eve may do nothing here.*groups: sales"),
    ):
        eve.list_runs()


def test_a_provider_that_is_away_is_needed_by_nobody_whose_key_is_known(
    instance: DevInstance, provider: Provider
) -> None:
    token = provider.token("ben")
    provider.process.kill()
    provider.process.wait()
    with Client(instance.target, token=token) as ben:
        assert ben.access.caller().name == "ben"


@pytest.mark.parametrize(
    ("oidc", "wrong"),
    [
        (
            "{issuer: 'http://login.example.com', audience: a, groups: {x: {}}}",
            "auth.oidc.issuer: expected an https URL",
        ),
        ("{issuer: 'https://login.example.com', groups: {x: {}}}", "auth.oidc.audience: missing"),
        ("{issuer: 'https://login.example.com', audience: a}", "auth.oidc.groups: missing"),
        ("{issuer: 'https://login.example.com', audience: a, groups: {x: {role: boss}}}", "got 'boss'"),
    ],
)
def test_a_provider_that_could_let_anybody_in_is_refused(tmp_path: Path, oidc: str, wrong: str) -> None:
    file = tmp_path / "headrace.yaml"
    file.write_text(f"auth: {{token: inner, oidc: {oidc}}}\n")
    answer = call_cli("instance", "check", file)
    assert answer.code != 0
    assert wrong in answer.err
