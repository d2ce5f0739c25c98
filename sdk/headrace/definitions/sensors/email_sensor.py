"""A sensor that sends an email when a run has failed."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from headrace.definitions.sensors.run_status_sensor import RunFailureSensorContext
from headrace.definitions.sensors.run_status_sensor_decorators import run_failure_sensor
from headrace.definitions.sensors.sensor import DefaultSensorStatus, SensorDefinition
from headrace.errors import InvalidDefinitionError

_PORTS = {"SSL": 465, "STARTTLS": 587}
_SECONDS = 30.0

Compose = Callable[[RunFailureSensorContext], str]


def _default_body(context: RunFailureSensorContext) -> str:
    event = context.failure_event
    message = getattr(event, "message", "") or ""
    return f"Run {context.dagster_run.run_id} of job {context.dagster_run.job_name} failed.\n\n{message}\n"


def _default_subject(context: RunFailureSensorContext) -> str:
    return f"Run failed: {context.dagster_run.job_name}"


def make_email_on_run_failure_sensor(
    email_from: str,
    email_password: str,
    email_to: Sequence[str],
    email_body_fn: Compose = _default_body,
    email_subject_fn: Compose = _default_subject,
    smtp_host: str = "smtp.gmail.com",
    smtp_type: str = "SSL",
    smtp_port: int | None = None,
    smtp_user: str | None = None,
    name: str | None = None,
    webserver_base_url: str | None = None,
    monitored_jobs: Sequence[Any] | None = None,
    job_selection: Sequence[Any] | None = None,
    monitor_all_code_locations: bool = False,
    default_status: DefaultSensorStatus = DefaultSensorStatus.STOPPED,
    monitor_all_repositories: bool = False,
) -> SensorDefinition:
    """Makes a sensor that sends an email for every run that fails.

    Args:
        email_from: The sender's address.
        email_password: The sender's password at the mail server.
        email_to: The recipients' addresses.
        email_body_fn: Returns the text of the email.
        email_subject_fn: Returns its subject.
        smtp_host: The mail server.
        smtp_type: `SSL` or `STARTTLS`.
        smtp_port: The server's port; 465 for SSL, 587 for STARTTLS.
        smtp_user: The user at the mail server; `email_from` when left out.
        name: The sensor's name; `email_on_run_failure` when left out.
        webserver_base_url: Where people look at runs; the email then ends with a link to the run.
        monitored_jobs: The jobs whose runs it watches; all when left out.
        job_selection: The older name of `monitored_jobs`.
        monitor_all_code_locations: Whether it watches runs of other locations as well.
        default_status: Whether it is on until somebody says otherwise.
        monitor_all_repositories: The older name of `monitor_all_code_locations`.

    Raises:
        InvalidDefinitionError: `smtp_type` is something else, or nobody is to be told.
    """
    if smtp_type not in _PORTS:
        raise InvalidDefinitionError(f"smtp_type is {smtp_type!r}; it can be SSL or STARTTLS.")
    if isinstance(email_to, str) or not email_to:
        raise InvalidDefinitionError(f"email_to is a list of addresses, not {email_to!r}.")
    server = _MailServer(smtp_host, smtp_port or _PORTS[smtp_type], smtp_type, smtp_user or email_from, email_password)

    @run_failure_sensor(  # type: ignore[untyped-decorator]
        name=name or "email_on_run_failure",
        monitored_jobs=monitored_jobs or job_selection,
        monitor_all_code_locations=monitor_all_code_locations or monitor_all_repositories,
        default_status=default_status,
    )
    def email_on_run_failure(context: RunFailureSensorContext) -> None:
        """Sends an email when a run has failed."""
        message = EmailMessage()
        message["From"], message["To"] = email_from, ", ".join(email_to)
        message["Subject"] = email_subject_fn(context)
        message.set_content(email_body_fn(context) + _link(webserver_base_url, context))
        server.send(message)

    sensor: SensorDefinition = email_on_run_failure
    return sensor


def _link(base_url: str | None, context: RunFailureSensorContext) -> str:
    return f"\n\n{base_url.rstrip('/')}/runs/{context.dagster_run.run_id}\n" if base_url else ""


@dataclass(frozen=True, slots=True)
class _MailServer:
    host: str
    port: int
    kind: str
    user: str
    password: str

    def send(self, message: EmailMessage) -> None:
        context = ssl.create_default_context()
        if self.kind == "SSL":
            with smtplib.SMTP_SSL(self.host, self.port, timeout=_SECONDS, context=context) as connection:
                self._deliver(connection, message)
            return
        with smtplib.SMTP(self.host, self.port, timeout=_SECONDS) as connection:
            connection.starttls(context=context)
            self._deliver(connection, message)

    def _deliver(self, connection: smtplib.SMTP, message: EmailMessage) -> None:
        connection.login(self.user, self.password)
        connection.send_message(message)
