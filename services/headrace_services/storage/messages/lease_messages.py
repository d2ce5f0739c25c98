"""Leases between message and row."""

from __future__ import annotations

from headrace.api.types.v1.lease_pb2 import Lease
from headrace_services.storage.store.leases import LeaseRecord


def lease_message(record: LeaseRecord) -> Lease:
    """Returns a lease as callers see it."""
    lease = Lease(resource=record.resource, holder=record.holder, epoch=record.epoch)
    lease.ttl.FromMicroseconds(record.ttl)
    return lease
