"""Messages of the outbox between message and row."""

from __future__ import annotations

from headrace.api.storage.v1.outbox_service_pb2 import LaunchOrder, OutboxMessage
from headrace.api.types.v1.run_pb2 import Run
from headrace_services.storage.store.outbox import ClaimedMessage, NewMessage
from headrace_services.storage.store.runs import RunRecord


def launch_message(message_id: str, order: LaunchOrder, run: RunRecord) -> NewMessage:
    """Returns the order to start a worker for a run that was just admitted."""
    body = OutboxMessage(message_id=message_id, launcher_name=order.launcher_name, launch_order=order)
    body.launch_order.run_id = run.run_id
    body.launch_order.launch_token = run.launch_token or ""
    body.launch_order.attempt = run.attempt
    spec = Run.FromString(run.spec)
    body.launch_order.tags.extend(spec.tags)
    if spec.HasField("launch_spec"):
        body.launch_order.launch_spec.CopyFrom(spec.launch_spec)
    return NewMessage(message_id, order.launcher_name, body.SerializeToString(), run.number, run.launch_token)


def new_message(message_id: str, message: OutboxMessage, run: RunRecord) -> NewMessage:
    """Returns what to store of a message that comes with a change of a run."""
    if message.WhichOneof("body") == "launch_order":
        order = LaunchOrder()
        order.CopyFrom(message.launch_order)
        order.launcher_name = message.launcher_name
        return launch_message(message_id, order, run)
    body = OutboxMessage()
    body.CopyFrom(message)
    body.message_id, body.delivery_count = message_id, 0
    return NewMessage(message_id, message.launcher_name, body.SerializeToString())


def outbox_message(claimed: ClaimedMessage) -> OutboxMessage:
    """Returns a message as whoever claimed it sees it."""
    message = OutboxMessage.FromString(claimed.body)
    message.delivery_count = claimed.delivery_count
    return message
