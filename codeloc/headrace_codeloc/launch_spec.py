"""What a location says of how its workers are started elsewhere: in containers, pods, tasks."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence

from headrace.api.types.v1.launch_pb2 import EnvironmentVariable, LaunchSpec
from headrace.api.types.v1.payload_pb2 import Payload
from headrace.surroundings import TARGET_VARIABLE
from headrace_codeloc.options import CodeSource, LocationOptions, TlsFiles

IMAGE_VARIABLES = ("HEADRACE_CURRENT_IMAGE", "DAGSTER_CURRENT_IMAGE")
"""Variables that an image is built or run with to tell its name; the first that is set counts."""
CONTEXT_VARIABLES = ("HEADRACE_CONTAINER_CONTEXT", "DAGSTER_CLI_API_GRPC_CONTAINER_CONTEXT")


def launch_spec_of(options: LocationOptions, environ: Mapping[str, str] | None = None) -> LaunchSpec:
    """Returns what a served location says."""
    here = os.environ if environ is None else environ
    image = options.image or first_of(IMAGE_VARIABLES, here)
    context = options.container_context or first_of(CONTEXT_VARIABLES, here)
    target = options.target or here.get(TARGET_VARIABLE, "")
    variables = {TARGET_VARIABLE: target, IMAGE_VARIABLES[0]: image}
    command = work_command(options.source, options.tls, options.claim_timeout)
    return LaunchSpec(
        image=image,
        run_command=command,
        step_command=command,
        environment=[EnvironmentVariable(name=name, value=value) for name, value in variables.items() if value],
        container_context=Payload(media_type="application/json", text=context) if context else None,
    )


def work_command(source: CodeSource, tls: TlsFiles, claim_timeout: float) -> Sequence[str]:
    """Returns the command that works an order off with the code of a location, in the same place of the same image."""
    code = {"-f": source.python_file, "-m": source.module, "--package-name": source.package}
    given = {
        **code,
        "-a": source.attribute,
        "-d": source.working_directory,
        "--claim-timeout": f"{claim_timeout:g}",
        "--tls-ca": tls.ca_file,
        "--tls-cert": tls.cert_file,
        "--tls-key": tls.key_file,
    }
    flags = {"--dagster-compat": source.dagster_compat, "--insecure": tls.insecure}
    words = [word for option, value in given.items() if value for word in (option, value)]
    return [sys.executable, "-m", "headrace_codeloc", "work", *words, *(flag for flag, on in flags.items() if on)]


def first_of(names: Sequence[str], environ: Mapping[str, str]) -> str:
    """Returns the value of the first of these variables that is set; empty if none is."""
    return next((environ[name] for name in names if environ.get(name)), "")
