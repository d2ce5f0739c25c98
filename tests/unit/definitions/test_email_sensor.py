"""The sensor that sends an email: what it says to the mail server."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from types import SimpleNamespace
from typing import Any

import pytest

import headrace as dg
from headrace.definitions.sensors import email_sensor

sent: list[tuple[Any, EmailMessage]] = []


class MailServer(smtplib.SMTP):
    """Takes mail without a network: what `smtplib` would say to a server is written down."""

    def __init__(self, host: str, port: int, timeout: float, context: Any = None) -> None:
        self.said: list[Any] = [(type(self).__name__, host, port)]

    def starttls(self, **_options: Any) -> Any:
        self.said.append("starttls")

    def login(self, user: str, password: str, **_options: Any) -> Any:
        self.said.append((user, password))

    def send_message(self, message: Any, **_options: Any) -> Any:
        sent.append((self.said, message))

    def __exit__(self, *_error: object) -> None:
        pass


class SecureMailServer(MailServer):
    pass


@pytest.fixture(autouse=True)
def mail_server(monkeypatch: pytest.MonkeyPatch) -> None:
    sent.clear()
    monkeypatch.setattr(email_sensor.smtplib, "SMTP", MailServer)
    monkeypatch.setattr(email_sensor.smtplib, "SMTP_SSL", SecureMailServer)


def failure() -> dg.RunFailureSensorContext:
    run = SimpleNamespace(run_id="r1", job_name="nightly", partition_key=None)
    return dg.RunFailureSensorContext(
        sensor_name="s", dagster_run=run, dagster_event=SimpleNamespace(message="disk full")
    )


def test_the_email_names_job_run_and_error() -> None:
    sensor = dg.make_email_on_run_failure_sensor(
        "me@x.org", "secret", ["a@x.org", "b@x.org"], webserver_base_url="http://web/"
    )
    sensor(failure())
    said, message = sent[0]
    assert said == [("SecureMailServer", "smtp.gmail.com", 465), ("me@x.org", "secret")]
    assert (message["Subject"], message["To"]) == ("Run failed: nightly", "a@x.org, b@x.org")
    assert "Run r1 of job nightly failed." in message.get_content()
    assert "disk full" in message.get_content()
    assert message.get_content().strip().endswith("http://web/runs/r1")


def test_the_email_can_be_written_by_the_user_and_sent_by_starttls() -> None:
    sensor = dg.make_email_on_run_failure_sensor(
        email_from="me@x.org",
        email_password="secret",
        email_to=["a@x.org"],
        email_body_fn=lambda context: f"Error: {context.failure_event.message}",
        email_subject_fn=lambda _: "Alert",
        smtp_host="mail.x.org",
        smtp_type="STARTTLS",
        smtp_user="user",
        name="alert",
    )
    sensor(failure())
    said, message = sent[0]
    assert said == [("MailServer", "mail.x.org", 587), "starttls", ("user", "secret")]
    assert (sensor.name, message["Subject"], message.get_content().strip()) == ("alert", "Alert", "Error: disk full")


@pytest.mark.parametrize(
    ("settings", "message"), [({"smtp_type": "TLS"}, "SSL or STARTTLS"), ({"email_to": "a@x.org"}, "a list")]
)
def test_what_cannot_work_is_refused_at_once(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(dg.InvalidDefinitionError, match=message):
        dg.make_email_on_run_failure_sensor(**{"email_from": "f", "email_password": "p", "email_to": ["t"], **settings})
