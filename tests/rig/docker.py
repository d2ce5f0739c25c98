"""A real Docker engine for a test run, started when the first test asks for it, with an image that has this machine's Python.

Nothing is pulled: the image holds empty directories, and containers see this machine's programs through read-only mounts.
"""

from __future__ import annotations

import contextlib
import fcntl
import io
import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import tarfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rig.run_directory import owner_pid, run_directory
from rig.waiting import wait_until

IMAGE = "headrace-tests:1"
REPOSITORY = Path(__file__).parents[2]
READY_SECONDS = 20
# No bridge of its own and no firewall rules: nothing of it is left on the machine, and others may run beside it.
OPTIONS = ("--bridge=none", "--iptables=false", "--ip6tables=false", "--storage-driver=overlay2")
# Outlives every worker of the run, ends with the run however it ends, and takes the engine and its files along.
KEEPER = """
"$@" & engine=$!
tail --pid="$OWNER" -f /dev/null & owner_ended=$!
wait -n
kill -TERM $engine 2>/dev/null
kill $owner_ended 2>/dev/null
wait
rm -rf "$DIRECTORY"
"""
_DIRECTORIES = ("proc", "sys", "dev", "tmp", "etc", "usr", "var", "run", "root")
_LINKS = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")

_keepers: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True)
class DockerHost:
    """A running engine.

    Attributes:
        url: Where it is, as `DOCKER_HOST` says it.
        run: Names what belongs to this test alone.
    """

    url: str
    run: str

    def client(self) -> Any:
        """Returns a client of it; the caller closes it."""
        return open_client(self.url)

    def kwargs(self, *writable: Path) -> dict[str, Any]:
        """Returns what a container needs to run this environment's Python, with these directories of the host."""
        read_only = {
            "/usr",
            "/etc/ssl",
            str(REPOSITORY),
            sys.base_prefix,
            sys.prefix,
            os.path.realpath(sys.prefix),
            os.path.realpath(sysconfig.get_path("stdlib")),
        }
        volumes = [f"{each}:{each}:ro" for each in sorted(read_only) if not each.startswith("/usr/")]
        # The engine itself too: workers of runs start those of steps.
        socket = self.url.removeprefix("unix://")
        volumes += [f"{each}:{each}" for each in (*writable, Path(socket).parent)]
        environment = {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
        environment["DOCKER_HOST"] = self.url
        labels = {"headrace/test": self.run}
        return {"volumes": volumes, "network_mode": "host", "labels": labels, "environment": environment}

    def names(self) -> list[str]:
        """This test's containers, in whatever state."""
        client = self.client()
        try:
            return [each.name for each in self.containers(client)]
        finally:
            client.close()

    def containers(self, client: Any) -> list[Any]:
        """This test's containers, as objects of a client."""
        filters = {"label": f"headrace/test={self.run}"}
        found: list[Any] = client.containers.list(all=True, filters=filters, ignore_removed=True)
        return found


def open_client(url: str) -> Any:
    """Returns a client of an engine; the caller closes it."""
    # Here, because the many tests without containers need not wait for it.
    from docker import DockerClient

    return DockerClient(base_url=url, version="1.41")


def shared_engine() -> str:
    """Returns where the run's engine is; the first caller of all workers starts it.

    Skips the test where none can be started, and says why.
    """
    directory = run_directory() / "docker"
    directory.mkdir(exist_ok=True)
    listens_at, failed = directory / "docker.sock", directory / "failed"
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (directory / "started").exists() and not failed.exists():
            problem = _start(directory, listens_at)
            (failed if problem else directory / "started").write_text(problem)
    if failed.exists():
        pytest.skip(f"a Docker engine cannot be started here: {failed.read_text()}")
    return f"unix://{listens_at}"


def _start(directory: Path, listens_at: Path) -> str:
    """Starts an engine; returns why it could not be."""
    if shutil.which("dockerd") is None:
        return "there is no dockerd (`make setup` installs it)"
    if os.geteuid() != 0:
        return "dockerd needs root"
    log = directory / "log"
    roots = ("--data-root", directory / "data", "--exec-root", directory / "exec", "-p", directory / "pid")
    with log.open("wb") as output:
        keeper = subprocess.Popen(
            ["bash", "-c", KEEPER, "keeper", "dockerd", *map(str, roots), "-H", f"unix://{listens_at}", *OPTIONS],
            env=os.environ | {"OWNER": str(owner_pid()), "DIRECTORY": str(directory)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    _keepers.append(keeper)
    try:
        wait_until(lambda: keeper.poll() is not None or _answers(listens_at), READY_SECONDS, "Docker answering")
    except AssertionError as error:
        keeper.kill()
        return f"{error}: {_last_line(log)}"
    if keeper.poll() is not None:
        directory.mkdir(exist_ok=True)
        return f"it ended while starting: {_last_line(log)}"
    _make_image(f"unix://{listens_at}")
    return ""


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


def _make_image(url: str) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name in _DIRECTORIES:
            member = tarfile.TarInfo(name)
            member.type, member.mode = tarfile.DIRTYPE, 0o1777 if name == "tmp" else 0o755
            tar.addfile(member)
        for name in _LINKS:
            if os.path.islink(f"/{name}"):
                member = tarfile.TarInfo(name)
                member.type, member.linkname = tarfile.SYMTYPE, os.readlink(f"/{name}")
                tar.addfile(member)
    repository, tag = IMAGE.split(":")
    client = open_client(url)
    try:
        client.api.import_image_from_data(buffer.getvalue(), repository=repository, tag=tag)
    finally:
        client.close()


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return lines[-1] if lines else "it wrote nothing"


@pytest.fixture
def docker_host(monkeypatch: pytest.MonkeyPatch) -> Iterator[DockerHost]:
    """The run's Docker engine, named in DOCKER_HOST; what a test leaves there of its own is removed."""
    host = DockerHost(shared_engine(), uuid.uuid4().hex[:8])
    monkeypatch.setenv("DOCKER_HOST", host.url)
    yield host
    client = host.client()
    try:
        for container in host.containers(client):
            with contextlib.suppress(OSError):  # somebody else removes it
                container.remove(force=True, v=True)
    finally:
        client.close()
