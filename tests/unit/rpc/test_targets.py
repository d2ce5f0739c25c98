"""Addresses, and the rule that plaintext stays on this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from headrace.rpc.channel import client_options, open_channel
from headrace.rpc.server import build_server
from headrace.rpc.targets import Target, parse_target, parse_targets
from headrace.rpc.tls import Tls, client_credentials, server_credentials


@pytest.mark.parametrize(
    ("text", "target", "local"),
    [
        ("127.0.0.1:4270", Target("127.0.0.1", 4270), True),
        ("localhost:0", Target("localhost", 0), True),
        ("[::1]:4270", Target("::1", 4270), True),
        ("storage.team:4274", Target("storage.team", 4274), False),
        ("10.0.0.7:1", Target("10.0.0.7", 1), False),
        ("0.0.0.0:4270", Target("0.0.0.0", 4270), False),
        ("unix:/run/headrace.sock", Target(path="/run/headrace.sock"), True),
        ("unix:///run/headrace.sock", Target(path="/run/headrace.sock"), True),
    ],
)
def test_an_address_is_read(text: str, target: Target, local: bool) -> None:
    assert parse_target(text) == target
    assert parse_target(text).is_local is local
    assert parse_target(str(target)) == target


@pytest.mark.parametrize(
    "text", ["", "4270", "host", "host:", ":4270", "host:port", "host:70000", "unix:", "http://a:1"]
)
def test_what_is_no_address_is_refused_with_what_would_be(text: str) -> None:
    with pytest.raises(ValueError, match="host:port"):
        parse_target(text)


def test_plaintext_stays_on_this_machine() -> None:
    far, near = parse_target("10.0.0.7:4270"), parse_target("127.0.0.1:4270")
    for credentials in (client_credentials, server_credentials):
        assert credentials(near, Tls()) is None
        assert credentials(far, Tls(insecure=True)) is None
        with pytest.raises(ValueError, match=r"10\.0\.0\.7:4270 in plaintext.*insecure: true"):
            credentials(far, Tls())
    with pytest.raises(ValueError, match="plaintext"):
        open_channel("10.0.0.7:4270")


async def test_a_server_does_not_listen_to_the_world_in_plaintext() -> None:
    with pytest.raises(ValueError, match="plaintext"):
        build_server([], "0.0.0.0:0")


def test_a_certificate_that_is_missing_is_named(tmp_path: Path) -> None:
    target = parse_target("10.0.0.7:4270")
    with pytest.raises(ValueError, match=r"cannot read the TLS file .*none\.pem: No such file"):
        client_credentials(target, Tls(ca_file=tmp_path / "none.pem"))
    with pytest.raises(ValueError, match="both cert_file and key_file"):
        server_credentials(target, Tls(ca_file=Path(__file__)))


def test_only_calls_on_this_machine_pass_by_proxies() -> None:
    assert ("grpc.enable_http_proxy", 0) in client_options(parse_target("127.0.0.1:1"), Tls())
    assert ("grpc.lb_policy_name", "round_robin") in client_options(parse_target("storage:1"), Tls())


def test_replicas_are_given_with_commas_and_are_all_tried() -> None:
    target = parse_targets("10.0.0.7:4271,10.0.0.8:4272")
    assert str(target) == "ipv4:10.0.0.7:4271,10.0.0.8:4272"
    assert not target.is_local
    near = parse_targets("127.0.0.1:1,127.0.0.1:2")
    assert near.is_local
    assert ("grpc.lb_policy_name", "round_robin") in client_options(near, Tls())
    assert not parse_targets("127.0.0.1:1,10.0.0.7:1").is_local
    assert str(parse_targets("[::1]:1,[::2]:2")) == "ipv6:[::1]:1,[::2]:2"
    assert parse_targets("storage:4274") == parse_target("storage:4274")


@pytest.mark.parametrize("text", ["a:1,b:2", "10.0.0.7:1,[::1]:2", "10.0.0.7:1,", "unix:/a,unix:/b"])
def test_names_and_mixed_addresses_are_no_list_of_replicas(text: str) -> None:
    with pytest.raises(ValueError, match="address"):
        parse_targets(text)
