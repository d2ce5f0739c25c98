"""Opening channels: the one way by which any process of Headrace calls another."""

from __future__ import annotations

import grpc
import grpc.aio

from headrace.rpc.aio import PolicyChannel
from headrace.rpc.interceptors import SyncPolicyInterceptor
from headrace.rpc.policy import CallPolicy, Token
from headrace.rpc.retry import RetryPolicy
from headrace.rpc.targets import Target, parse_targets
from headrace.rpc.tls import Tls, client_credentials

# Every gRPC implementation receives 4 MiB by default; raising it here would only break the other languages.
RECEIVE_LIMIT_BYTES = 4 * 1024 * 1024
# A peer that was restarted must be found again within a second or so; gRPC's own default grows to two minutes.
_RECONNECT_FIRST_MS, _RECONNECT_LONGEST_MS = 100, 1_000
# What gRPC calls the least backoff is how long one attempt may take before it counts as failed.
_CONNECT_MS = 5_000
# Servers of other languages answer pings that come faster than every five minutes by closing the connection. Streams
# have their own sign of life within.
_KEEPALIVE_MS, _KEEPALIVE_TIMEOUT_MS = 330_000, 20_000


def open_channel(
    target: str,
    *,
    token: Token | None = None,
    tls: Tls | None = None,
    credentials: grpc.ChannelCredentials | None = None,
    retry: RetryPolicy | None = None,
) -> grpc.Channel:
    """Opens a synchronous channel.

    Args:
        target: `host:port` or `unix:path`; several IP addresses with commas between them are tried in turn.
        token: Sent as a bearer token with each call.
        tls: Certificates; without them only this machine may be called.
        credentials: Used instead of those that `tls` gives.
        retry: How to try again; by default for as long as the method may take.

    Raises:
        ValueError: the target cannot be read, or plaintext would leave this machine.
    """
    parsed = parse_targets(target)
    tls = tls or Tls()
    secure = credentials or client_credentials(parsed, tls)
    options = client_options(parsed, tls)
    channel = (
        grpc.secure_channel(str(parsed), secure, options) if secure else grpc.insecure_channel(str(parsed), options)
    )
    return grpc.intercept_channel(channel, SyncPolicyInterceptor(CallPolicy(token, retry or RetryPolicy())))


def open_aio_channel(
    target: str,
    *,
    token: Token | None = None,
    tls: Tls | None = None,
    credentials: grpc.ChannelCredentials | None = None,
    retry: RetryPolicy | None = None,
) -> grpc.aio.Channel:
    """Opens an asynchronous channel, bound to the running event loop.

    Args:
        target: `host:port` or `unix:path`; several IP addresses with commas between them are tried in turn.
        token: Sent as a bearer token with each call.
        tls: Certificates; without them only this machine may be called.
        credentials: Used instead of those that `tls` gives.
        retry: How to try again; by default for as long as the method may take.

    Raises:
        ValueError: the target cannot be read, or plaintext would leave this machine.
    """
    parsed = parse_targets(target)
    tls = tls or Tls()
    secure = credentials or client_credentials(parsed, tls)
    options = client_options(parsed, tls)
    channel = (
        grpc.aio.secure_channel(str(parsed), secure, options)
        if secure
        else grpc.aio.insecure_channel(str(parsed), options)
    )
    return PolicyChannel(channel, CallPolicy(token, retry or RetryPolicy()))


def client_options(target: Target, tls: Tls) -> list[tuple[str, str | int]]:
    """Returns the gRPC options of a channel to `target`."""
    options: list[tuple[str, str | int]] = [
        ("grpc.max_receive_message_length", RECEIVE_LIMIT_BYTES),
        ("grpc.keepalive_time_ms", _KEEPALIVE_MS),
        ("grpc.keepalive_timeout_ms", _KEEPALIVE_TIMEOUT_MS),
        ("grpc.initial_reconnect_backoff_ms", _RECONNECT_FIRST_MS),
        ("grpc.min_reconnect_backoff_ms", _CONNECT_MS),
        ("grpc.max_reconnect_backoff_ms", _RECONNECT_LONGEST_MS),
        # Retries are ours: the core's own would repeat calls whose request says nothing about repetition.
        ("grpc.enable_retries", 0),
    ]
    if target.is_local:
        options.append(("grpc.enable_http_proxy", 0))
    if target.others or not target.is_local:
        options.append(("grpc.lb_policy_name", "round_robin"))
    if tls.server_name:
        options.append(("grpc.ssl_target_name_override", tls.server_name))
    return options
