"""The parts of an instance that come in several kinds: storage, launcher, compute logs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote, urlencode, urlsplit

from headrace.errors import InvalidConfigError
from headrace.integrations.objects.compute_logs import UploadedLogs
from headrace.settings import Secret, setting

_DEFAULT_PORT = 5432
_EXPECTED_URL = "expected postgresql://user:password@host:port/name"


@dataclass(frozen=True)
class SqliteStorage:
    """One database file, for one machine."""

    base_dir: Path = setting(Path("."), "The directory of the database, below the instance's home.")

    def __str__(self) -> str:
        return "SQLite in the home" if self.base_dir == Path(".") else f"SQLite below {self.base_dir}"


@dataclass(frozen=True)
class PostgresAddress:
    """A PostgreSQL database by its parts."""

    hostname: str = setting("localhost", "The machine.")
    username: str = setting("", "The user.")
    password: Secret = setting(Secret(), "The user's password.")
    db_name: str = setting("", "The database.")
    port: int = setting(_DEFAULT_PORT, "The port.", least=1)
    params: Mapping[str, Any] = setting({}, "Further parameters of the connection, such as sslmode.", hidden=True)
    scheme: str = setting("postgresql", "The scheme of the URL.")

    def check(self) -> Mapping[str, str]:
        """Returns what is missing, by field."""
        return {name: "missing" for name in ("username", "db_name") if not getattr(self, name)}


@dataclass(frozen=True)
class PostgresStorage:
    """PostgreSQL 15 or newer, for everything beyond one machine; told by a URL or by its parts."""

    postgres_url: Secret = setting(
        Secret(), "postgresql://user:password@host:port/name, or the variable that holds it."
    )
    postgres_db: PostgresAddress | None = setting(None, "The same by its parts.")
    should_autocreate_tables: bool = setting(True, "Whether storage brings the schema up to date when it starts.")

    def check(self) -> Mapping[str, str]:
        """Returns what contradicts itself, by field."""
        has_url = bool(self.postgres_url.env or self.postgres_url.value)
        if has_url == (self.postgres_db is not None):
            return {"postgres_url": "give either postgres_url or postgres_db"}
        if self.postgres_url.value and not _is_postgres(self.postgres_url.value):
            return {"postgres_url": _EXPECTED_URL}
        return {}

    def dsn(self) -> str:
        """Returns the URL to connect with, password and all; it must not be shown.

        Raises:
            InvalidConfigError: an environment variable that it needs is not set, or holds no such URL.
        """
        if self.postgres_db is None:
            url = self.postgres_url.reveal()
            if not _is_postgres(url):
                raise InvalidConfigError(f"storage: {self.postgres_url}: {_EXPECTED_URL}")
            return url
        parts = self.postgres_db
        user = quote(parts.username, safe="")
        password = quote(parts.password.reveal(), safe="")
        login = f"{user}:{password}" if password else user
        query = f"?{urlencode(parts.params)}" if parts.params else ""
        return f"postgresql://{login}@{parts.hostname}:{parts.port}/{quote(parts.db_name, safe='')}{query}"

    def __str__(self) -> str:
        if self.postgres_db is not None:
            parts = self.postgres_db
            return (
                f"PostgreSQL {parts.db_name} at {parts.hostname}:{parts.port} as {parts.username}, "
                f"password {parts.password}"
            )
        if self.postgres_url.env:
            return f"PostgreSQL, address {self.postgres_url}"
        if not _is_postgres(self.postgres_url.value):
            return "PostgreSQL, address not readable"
        split = urlsplit(self.postgres_url.value)
        return (
            f"PostgreSQL {split.path.lstrip('/')} at {split.hostname}:{split.port or _DEFAULT_PORT} as {split.username}"
        )


@dataclass(frozen=True)
class ProcessLauncher:
    """Runs are processes that the host of their code location forks."""

    def __str__(self) -> str:
        return "processes on the machine of the code location"


@dataclass(frozen=True)
class EngineLauncher:
    """Workers of runs are started in an engine, such as Docker.

    Attributes:
        kind: The engine's name.
        named: How the file names it.
        config: What the file says about it, as it stands there; it may hold secrets.
    """

    kind: str
    named: str
    config: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def __str__(self) -> str:
        return f"workers in {self.kind}"


@dataclass(frozen=True)
class Route:
    """Which runs are meant: those that fulfil everything that is said; nothing said means none."""

    locations: tuple[str, ...] = setting((), "Their code location is one of these.")
    jobs: tuple[str, ...] = setting((), "Their job is one of these.")
    tags: Mapping[str, str] = setting({}, "They have all of these tags.")


@dataclass(frozen=True)
class LocalComputeLogs:
    """Standard output and error of steps, in files."""

    IGNORED: ClassVar[Mapping[str, str]] = {"polling_timeout": "readers are woken by what is written"}

    base_dir: Path = setting(Path("compute_logs"), "The directory of the files, below the instance's home.")

    def __str__(self) -> str:
        return f"files below {self.base_dir}"


@dataclass(frozen=True)
class NoComputeLogs:
    """Standard output and error of steps are not kept."""

    def __str__(self) -> str:
        return "not kept"


@dataclass(frozen=True)
class NotAvailable:
    """A component that this version can name but not run.

    Attributes:
        kind: What it is, such as k8s.
        named: How the file names it.
        extra: What it will be installed with: `headrace[<extra>]`.
        config: What the file says about it, as it stands there; it may hold secrets.
    """

    kind: str
    named: str
    extra: str
    config: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def __str__(self) -> str:
        return f"{self.named} → {self.kind}: not available yet, it will come with headrace[{self.extra}]"


@dataclass(frozen=True)
class Custom:
    """A component that the deployment wrote itself.

    Attributes:
        key: The key of the file that it stands under.
        module: The module that has it.
        class_name: Its class.
        config: What the file says about it, as it stands there; it may hold secrets.
    """

    key: str
    module: str
    class_name: str
    config: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def named(self) -> str:
        """How the file names it."""
        return f"{self.module}.{self.class_name}"

    def __str__(self) -> str:
        return f"{self.named} of this deployment"


Storage = SqliteStorage | PostgresStorage | NotAvailable
Launcher = ProcessLauncher | EngineLauncher | Custom | NotAvailable
ComputeLogs = LocalComputeLogs | NoComputeLogs | UploadedLogs | Custom | NotAvailable


@dataclass(frozen=True)
class NamedLauncher:
    """One of several launchers.

    Attributes:
        name: What orders and tags call it.
        launcher: What starts its workers.
        route: The runs that are its own without naming it.
    """

    name: str
    launcher: Launcher
    route: Route = field(default_factory=Route)


def default_launcher_name(launcher: Launcher) -> str:
    """Returns what the launcher is called that nobody has named: what starts its workers."""
    if isinstance(launcher, Custom):
        return "custom"
    return "process" if isinstance(launcher, ProcessLauncher) else launcher.kind


def _is_postgres(url: str) -> bool:
    """Tells whether a URL can be one of a PostgreSQL database; SQLAlchemy's way to name a driver is understood."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme.partition("+")[0] in ("postgresql", "postgres")
