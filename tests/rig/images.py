"""Images of the deployment, built from deploy/docker where no registry of images can be reached: from Debian's packages."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

REPOSITORY = Path(__file__).parents[2]
DEBIAN, OTHER_PYTHON = "headrace-tests-debian:1", "headrace-tests-python:1"
PACKAGES = (
    *("python3", "python3-venv", "ca-certificates", "postgresql", "prometheus"),
    # What an interpreter from elsewhere needs.
    *("libsqlite3-0", "libffi8", "libssl3", "libreadline8", "libbz2-1.0", "liblzma5"),
)
_DEBIANS_PYTHON = "3.11"
NEEDED = ("mmdebstrap", "docker", "docker-compose")
_PLATFORMS = ("manylinux_2_36_x86_64", "manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64")


@dataclass(frozen=True)
class Images:
    """Builds images with one engine, in a directory of its own.

    Attributes:
        url: Where the engine is.
        directory: For what is made on the way.
    """

    url: str
    directory: Path

    def make_bases(self) -> None:
        """Makes an image of Debian with PostgreSQL and Prometheus, and one with another Python."""
        rootfs = self.directory / "rootfs.tar"
        _run("mmdebstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", "bookworm", str(rootfs))
        self.docker("import", str(rootfs), DEBIAN)
        rootfs.unlink()
        self._make_other_python()

    def build(self, recipe: str, tag: str, **arguments: str) -> None:
        """Builds a recipe of deploy/docker from the sources as they are."""
        context = self.directory / "context"
        if not context.exists():
            self._make_context(context)
        given = {"PIP_ARGS": "--no-index --find-links /src/wheels", **arguments}
        options = [word for name, value in given.items() for word in ("--build-arg", f"{name}={value}")]
        file = REPOSITORY / "deploy/docker" / recipe
        self.docker("build", "-q", "--network", "none", "-f", str(file), "-t", tag, *options, str(context))

    def docker(self, *words: str) -> str:
        """Runs a command of Docker's own client."""
        return _run("docker", *words, env={"DOCKER_HOST": self.url, "DOCKER_BUILDKIT": "0"})

    def _make_other_python(self) -> None:
        """Puts an interpreter of this machine beside Debian's."""
        directory = self.directory / "python"
        directory.mkdir()
        prefix, _ = other_python()
        with tarfile.open(directory / "python.tar", "w") as tar:
            tar.add(prefix, filter=lambda each: None if "__pycache__" in each.name else each)
        opened = " ".join(str(each) for each in Path(prefix).parents)
        lines = (f"FROM {DEBIAN}", "ADD python.tar /", f"RUN chmod 755 {opened}", f"ENV PATH={prefix}/bin:$PATH")
        (directory / "Dockerfile").write_text("\n".join(lines) + "\n")
        self.docker("build", "-q", "-t", OTHER_PYTHON, str(directory))

    def _make_context(self, context: Path) -> None:
        """Copies what is built, and fetches the wheels of what it needs for both Pythons."""
        names = ("sdk", "codeloc", "services", "pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE")
        context.mkdir()
        for name in names:
            source = REPOSITORY / name
            ignored = shutil.ignore_patterns("__pycache__", "node_modules", "src")
            if source.is_dir():
                shutil.copytree(source, context / name, ignore=ignored)
            else:
                shutil.copy(source, context / name)
        project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
        extras = project["project"]["optional-dependencies"]
        wanted = [*project["project"]["dependencies"], *extras["services"], *extras["docker"]]
        for version in sorted({_DEBIANS_PYTHON, other_python()[1]}):
            _fetch(context / "wheels", version, [*wanted, *project["build-system"]["requires"]])


def missing_tools() -> str:
    """Returns why images cannot be built here; empty if they can."""
    missing = [name for name in NEEDED if shutil.which(name) is None]
    return f"{', '.join(missing)} must be installed" if missing else ""


def other_python() -> tuple[str, str]:
    """Returns where on this machine an interpreter is that is not Debian's, of another version if there is one; and which."""
    program = "import sys; print(sys.base_prefix, '%d.%d' % sys.version_info[:2])"
    names = ("python3.12", "python3.13", "python3.10")
    # Interpreters of one machine often lie beside each other, and only one of them is on the path.
    beside = [each for name in names for each in Path(sys.base_prefix).parent.glob(f"*/bin/{name}")]
    for found in [*filter(None, map(shutil.which, names)), *map(str, beside)]:
        done = subprocess.run([found, "-c", program], capture_output=True, text=True, check=False)
        prefix, _, version = done.stdout.strip().rpartition(" ")
        if done.returncode == 0 and prefix not in ("", "/usr"):
            return prefix, version
    return sys.base_prefix, f"{sys.version_info.major}.{sys.version_info.minor}"


def _fetch(directory: Path, version: str, requirements: Iterable[str]) -> None:
    platforms = [word for each in _PLATFORMS for word in ("--platform", each)]
    words = ("download", "-q", "-d", str(directory), "--only-binary=:all:", "--python-version", version)
    _run(sys.executable, "-m", "pip", *words, *platforms, *requirements, env={"PYTHONPATH": ""})


def _run(*command: str, env: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **(env or {})}, check=False)
    assert done.returncode == 0, f"{' '.join(command[:4])} …: {done.stderr[-3000:] or done.stdout[-3000:]}"
    return done.stdout.strip()
