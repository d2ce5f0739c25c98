"""One real PostgreSQL server for a test run, started when the first test asks for it, one fresh database per test."""

from __future__ import annotations

import fcntl
import os
import pwd
import re
import shutil
import subprocess
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from rig.ports import free_port
from rig.run_directory import owner_pid, run_directory
from rig.waiting import wait_until

OLDEST_VERSION = 15
FAST = {"fsync": "off", "full_page_writes": "off"}
DURABLE = {"fsync": "on", "full_page_writes": "on"}
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "timezone": "UTC",
}
# Outlives every worker of the run, ends with the run however it ends, and takes the server and its files along.
KEEPER = """
"$@" & server=$!
tail --pid="$OWNER" -f /dev/null & owner_ended=$!
wait -n
kill -INT $server 2>/dev/null
kill $owner_ended 2>/dev/null
wait
rm -rf "$DIRECTORY"
"""

_keepers: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True)
class PostgresServer:
    """A running server; its superuser `postgres` needs no password on the loopback interface."""

    port: int

    def url(self, database: str) -> str:
        """Returns the connection URL of one of its databases."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def create_database(self, template: str = "template1") -> str:
        """Makes a database with a name of its own, a copy of `template`, and returns its URL."""
        name = f"test_{uuid.uuid4().hex}"
        self._execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Removes a database, whoever is still connected to it."""
        name = url.rpartition("/")[2]
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)


def shared_server() -> PostgresServer:
    """Returns the run's server; the first caller of all workers starts it."""
    directory = run_directory()
    port_file = directory / "postgres.port"
    with (directory / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not port_file.exists():
            port_file.write_text(str(start_server(directory).port))
    return PostgresServer(int(port_file.read_text()))


def start_server(directory: Path, settings: Mapping[str, str] = FAST) -> PostgresServer:
    """Starts a server in `directory` that ends with the test run."""
    account = _unprivileged_account()
    identity = {} if account is None else {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    server = PostgresServer(free_port())
    home, command = initialize(directory, server.port, settings)
    log = home / "log"
    with log.open("wb") as output:
        keeper = subprocess.Popen(
            ["bash", "-c", KEEPER, "keeper", *command],
            env=os.environ | {"OWNER": str(owner_pid()), "DIRECTORY": str(directory)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=home,
            start_new_session=True,
            **identity,
        )
    _keepers.append(keeper)
    wait_until(lambda: _answers(server, keeper, log), timeout=30, what="PostgreSQL taking connections")
    return server


def initialize(directory: Path, port: int, settings: Mapping[str, str] = FAST) -> tuple[Path, list[str]]:
    """Makes the files of a server below `directory`; returns its home, and the command that starts it there.

    The command is for the unprivileged account that the files belong to, see `as_unprivileged`.
    """
    binaries, account, home = find_binaries(), _unprivileged_account(), directory / "postgres"
    home.mkdir()
    if account is not None:
        for path in (directory, home):
            os.chown(path, account.pw_uid, account.pw_gid)
    data = home / "data"
    options = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    subprocess.run(
        as_unprivileged([str(binaries / "initdb"), "-D", str(data), *options]),
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=home,
    )
    places = {"port": str(port), "unix_socket_directories": str(home)}
    flags = (f"--{name}={value}" for name, value in {**SETTINGS, **settings, **places}.items())
    return home, [str(binaries / "postgres"), "-D", str(data), *flags]


def as_unprivileged(command: Sequence[str]) -> list[str]:
    """Returns the command that runs `command` under an account that the server accepts: it refuses to run as root."""
    account = _unprivileged_account()
    if account is None:
        return list(command)
    return ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups", *command]


def _answers(server: PostgresServer, keeper: subprocess.Popen[bytes], log: Path) -> bool:
    if keeper.poll() is not None:
        raise RuntimeError(f"PostgreSQL ended while starting:\n{log.read_text()}")
    try:
        psycopg.connect(server.url("postgres"), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def find_binaries() -> Path:
    """Returns the folder with the programs of the newest PostgreSQL that is installed."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    on_path = shutil.which("postgres")
    if on_path is not None:
        folders.append(Path(on_path).resolve().parent)
    versions = {_major_version(folder): folder for folder in folders}
    newest = max(versions, default=0)
    if newest < OLDEST_VERSION:
        raise RuntimeError(f"the tests need PostgreSQL {OLDEST_VERSION} or newer; `make setup` installs it")
    return versions[newest]


def _major_version(folder: Path) -> int:
    answer = subprocess.run([folder / "postgres", "--version"], check=True, capture_output=True, text=True).stdout
    match = re.search(r"(\d+)", answer)
    return int(match[1]) if match else 0


def _unprivileged_account() -> pwd.struct_passwd | None:
    """Returns the account to run the server under: it refuses to run as root."""
    if os.geteuid() != 0:
        return None
    accounts = {account.pw_name: account for account in pwd.getpwall()}
    return accounts.get("postgres") or accounts["nobody"]


@pytest.fixture(scope="session")
def postgres_server() -> PostgresServer:
    """The run's PostgreSQL server."""
    return shared_server()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of an empty database that belongs to this test alone."""
    url = postgres_server.create_database()
    yield url
    postgres_server.drop_database(url)
