"""What a code location is told when it starts."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from headrace.rpc.tls import Tls

START_METHODS = ("auto", "fork", "pool", "spawn")


@dataclass(frozen=True, slots=True)
class CodeSource:
    """Where the user's definitions are; exactly one of file, module and package is set.

    Attributes:
        python_file: Path of a file.
        module: Name of a module, looked for in the working directory first.
        package: Name of an installed package.
        attribute: Name of the `Definitions`, or of a function that makes them; found by itself when empty.
        working_directory: What becomes the current directory and comes first on the module path.
        dagster_compat: Whether `import dagster` means Headrace there.
    """

    python_file: str = ""
    module: str = ""
    package: str = ""
    attribute: str = ""
    working_directory: str = ""
    dagster_compat: bool = False

    def __str__(self) -> str:
        return self.python_file or self.module or self.package


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """Certificates, by path; see `headrace.rpc.tls`."""

    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""
    insecure: bool = False

    def load(self) -> Tls:
        """Returns them as the transport wants them."""
        ca, cert, key = (Path(each) if each else None for each in (self.ca_file, self.cert_file, self.key_file))
        return Tls(ca, cert, key, insecure=self.insecure)


@dataclass(frozen=True, slots=True)
class LocationOptions:
    """How a location serves.

    Attributes:
        address: `host:port`, port 0 for a free one, or `unix:path`.
        start_method: How workers are started; `auto` forks where that is safe and takes a warm pool elsewhere.
        load_timeout: Seconds that the user's code may take to import.
        pool_size: Warm interpreters that are kept ready where workers come from a pool.
        max_workers: Workers alive at once.
        max_evaluations: Evaluations running at once; more wait for their turn.
        claim_timeout: Seconds that a worker tries to claim its run.
        worker_log_directory: Where workers write what is not part of a step.
        exit_with_parent: Whether to end when standard input ends.
        target: Where user code finds the gateway; by default what `HEADRACE_TARGET` names.
        image: The image that this location runs in, for workers in containers of their own.
        container_context: What it says to engines that start them, as JSON.
    """

    source: CodeSource
    address: str = "127.0.0.1:4275"
    location_name: str = ""
    start_method: str = "auto"
    load_timeout: float = 180.0
    pool_size: int = 1
    max_workers: int = 500
    max_evaluations: int = 8
    claim_timeout: float = 30.0
    worker_log_directory: str = ""
    exit_with_parent: bool = False
    target: str = ""
    image: str = ""
    container_context: str = ""
    tls: TlsFiles = field(default_factory=TlsFiles)

    def to_json(self) -> dict[str, Any]:
        """Returns what `from_json` reads."""
        return asdict(self)

    @staticmethod
    def from_json(data: dict[str, Any]) -> LocationOptions:
        """Reads what `to_json` wrote."""
        return LocationOptions(**{**data, "source": CodeSource(**data["source"]), "tls": TlsFiles(**data["tls"])})


def parse_options(argv: Sequence[str]) -> LocationOptions:
    """Reads the command line; ends the process with a message when it cannot be read."""
    parser = _parser()
    given = parser.parse_args(argv)
    source = source_of(given)
    return LocationOptions(
        source=source,
        address=given.address or f"{given.host}:{given.port}",
        location_name=given.location_name or str(source),
        start_method=given.start_method,
        load_timeout=given.load_timeout,
        pool_size=given.pool_size,
        max_workers=given.max_workers,
        max_evaluations=given.max_evaluations,
        claim_timeout=given.claim_timeout,
        worker_log_directory=given.worker_log_directory,
        exit_with_parent=given.exit_with_parent,
        target=given.target,
        image=given.image,
        container_context=given.container_context,
        tls=tls_of(given),
    )


def add_source(parser: argparse.ArgumentParser) -> None:
    """Adds the options that say where the user's definitions are."""
    code = parser.add_mutually_exclusive_group(required=True)
    code.add_argument("-f", "--python-file", default="", help="file with the definitions")
    code.add_argument("-m", "--module", "--module-name", default="", help="module with the definitions")
    code.add_argument("--package-name", "--package", default="", help="installed package with the definitions")
    parser.add_argument(
        "-a", "--attribute", default="", help="name of the Definitions, or of a function that makes them"
    )
    parser.add_argument("-d", "--working-directory", default="", help="current directory of the user's code")
    parser.add_argument("--dagster-compat", action="store_true", help="answer `import dagster` with Headrace")


def source_of(given: argparse.Namespace) -> CodeSource:
    """Returns what the options of `add_source` say."""
    return CodeSource(
        python_file=os.path.abspath(given.python_file) if given.python_file else "",
        module=given.module,
        package=given.package_name,
        attribute=given.attribute,
        working_directory=os.path.abspath(given.working_directory or os.getcwd()),
        dagster_compat=given.dagster_compat,
    )


def add_tls(parser: argparse.ArgumentParser) -> None:
    """Adds the options that name certificates."""
    parser.add_argument("--tls-ca", default="", help="certificates of trusted authorities")
    parser.add_argument("--tls-cert", default="", help="certificate chain of this server")
    parser.add_argument("--tls-key", default="", help="key of --tls-cert")
    parser.add_argument("--insecure", action="store_true", help="allow plaintext beyond this machine")


def tls_of(given: argparse.Namespace) -> TlsFiles:
    """Returns what the options of `add_tls` say."""
    return TlsFiles(given.tls_ca, given.tls_cert, given.tls_key, given.insecure)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("headrace codeloc serve", description="Serve one code location.")
    add_source(parser)
    parser.add_argument("--location-name", default="", help="name of the location, for logs")
    parser.add_argument("--host", default="127.0.0.1", help="interface to listen on")
    parser.add_argument("-p", "--port", type=int, default=4275, help="port to listen on; 0 takes a free one")
    parser.add_argument("--address", default="", help="host:port or unix:path, instead of --host and --port")
    parser.add_argument("--target", default="", help="address of the gateway, for user code that asks its instance")
    parser.add_argument("--start-method", choices=START_METHODS, default="auto", help="how workers are started")
    parser.add_argument("--load-timeout", type=_seconds, default=180.0, help="seconds the code may take to import")
    parser.add_argument("--pool-size", type=_count, default=1, help="warm interpreters kept ready in a pool")
    parser.add_argument("--max-workers", type=_count, default=500, help="workers alive at once")
    parser.add_argument("--max-evaluations", type=_count, default=8, help="schedules and sensors evaluated at once")
    parser.add_argument("--claim-timeout", type=_seconds, default=30.0, help="seconds a worker tries to claim its run")
    parser.add_argument("--worker-log-directory", default="", help="where workers write outside of steps")
    parser.add_argument("--exit-with-parent", action="store_true", help="end when standard input ends")
    parser.add_argument("--image", default="", help="image that this location runs in, for workers in containers")
    parser.add_argument("--container-context", type=_context, default="", help="what engines are told, as JSON")
    add_tls(parser)
    return parser


def _context(text: str) -> str:
    if not text:
        return ""
    try:
        said = json.loads(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"is no JSON: {error}") from None
    if not isinstance(said, dict) or not all(isinstance(each, dict) for each in said.values()):
        raise argparse.ArgumentTypeError('must be an object with an object for each engine, such as {"docker": {…}}')
    return text


def _seconds(text: str) -> float:
    value = float(text)
    if value <= 0:
        raise argparse.ArgumentTypeError("must be more than 0 seconds")
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value
