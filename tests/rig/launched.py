"""What must hold for runs wherever their workers are started; each engine's acceptance test says how that is done there."""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from headrace.client import Client, Run
from headrace_codeloc.engines.base import Engine, Workload
from rig import dev
from rig.bare import importing_what_a_worker_needs
from rig.dev import DevInstance
from rig.processes import Supervisor
from rig.results import output_of
from rig.seed import SEED
from rig.waiting import wait_until

MEASURED = 9
# What a run may take beyond a workload that boots the same interpreter and imports the same code.
MOST_OVERHEAD_SECONDS = 0.3
LOCATIONS = Path(__file__).parents[1] / "acceptance/locations"
SEED_JOBS = ("process_numbers", "process_numbers_asset")


@dataclass
class Launched:
    """A deployment whose runs are started in an engine.

    Attributes:
        instance: The deployment.
        directory: Where ops leave their signs.
    """

    instance: DevInstance
    directory: Path

    def begun(self, client: Client, job_name: str = "lingering", **options: Any) -> tuple[Run, Path]:
        """Returns a run whose op waits, and the directory that it waits in."""
        directory = self.directory / job_name / str(len(list(self.directory.glob("*/*"))))
        directory.mkdir(parents=True)
        config = {"ops": {"linger": {"config": {"directory": str(directory)}}}}
        run = client.submit_job(job_name, run_config=config, **options)
        wait_until((directory / "began-1").exists, 30, "the op having begun")
        return client.get_run(run.run_id), directory


@contextmanager
def deployed(
    directory: Path,
    settings: Mapping[str, Any],
    env: dict[str, str] | None = None,
    executor: str = "",
) -> Iterator[Launched]:
    """Starts a deployment with the seed's code and jobs that wait.

    Args:
        directory: Where it keeps everything.
        settings: What goes into the instance file.
        env: Further variables.
        executor: `module:name` of what executes the steps of all jobs, if not what they say themselves.
    """
    home = directory / "home"
    home.mkdir()
    signs = directory / "signs"
    signs.mkdir()
    (home / "headrace.yaml").write_text(yaml.safe_dump(dict(settings)))
    supervisor = Supervisor(directory)
    locations = _with_executor(directory, executor) if executor else LOCATIONS
    files = ("-f", locations / "seed.py", "-f", locations / "launched.py")
    try:
        yield Launched(dev.start(supervisor, home, *files, env=env), signs)
    finally:
        supervisor.close()


def _with_executor(directory: Path, executor: str) -> Path:
    module, _, name = executor.partition(":")
    imported = f"import headrace as dg\nfrom {module} import {name}\n"
    for file in ("seed.py", "launched.py"):
        text = (LOCATIONS / file).read_text().replace("import headrace as dg\n", imported, 1)
        text = text.replace("@job(description=", f"@job(executor_def={name}, description=")
        text = text.replace("@dg.job\n", f"@dg.job(executor_def={name})\n")
        text = text.replace("@dg.job(tags=", f"@dg.job(executor_def={name}, tags=")
        text = text.replace('groups("numbers"))', f'groups("numbers"), executor_def={name})')
        assert text.count(f"executor_def={name}") >= 2
        (directory / file).write_text(text)
    return directory


def the_seed_gives_55(client: Client) -> None:
    """Both jobs of the seed succeed, and have computed what they should."""
    made = [client.submit_job(job) for job in SEED_JOBS]
    ended = [client.wait(each.run_id, timeout=90) for each in made]
    assert [run.state for run in ended] == ["succeeded", "succeeded"], [run.failure for run in ended]
    assert output_of(client, ended[0].run_id, "sum_two_sums") == 55


def a_run_whose_worker_is_killed_fails(launched: Launched, client: Client, kill: Callable[[Run], None]) -> str:
    """The run fails long before its lease ends; returns why."""
    run, _ = launched.begun(client)
    kill(run)
    ended = client.wait(run.run_id, timeout=60)
    assert ended.state == "failed"
    assert ended.failure is not None
    return str(ended.failure.message)


def a_run_whose_worker_is_killed_is_tried_again(
    launched: Launched, client: Client, kill: Callable[[Run], None]
) -> None:
    """Where the run says so, another worker does it again."""
    run, directory = launched.begun(client, "lingering_twice")
    kill(run)
    wait_until((directory / "began-2").exists, 40, "the second try")
    (directory / "go").touch()
    ended = client.wait(run.run_id, timeout=40)
    assert (ended.state, ended.attempt) == ("succeeded", 2)
    assert output_of(client, run.run_id, "add_up") == 56


def a_step_whose_worker_is_killed_is_tried_again(
    launched: Launched, client: Client, kill: Callable[[Run], None]
) -> None:
    """Where the op says so, another worker does the step again, in the same run."""
    run, directory = launched.begun(client, "stubborn")
    kill(run)
    wait_until((directory / "began-2").exists, 40, "the second try")
    (directory / "go").touch()
    ended = client.wait(run.run_id, timeout=40)
    assert (ended.state, ended.attempt) == ("succeeded", 1), ended.failure
    assert output_of(client, run.run_id, "add_up") == 56


def a_run_is_canceled(launched: Launched, client: Client) -> None:
    """The run's worker ends, and says so itself."""
    run, _ = launched.begun(client)
    client.cancel(run.run_id)
    assert client.wait(run.run_id, timeout=40).state == "canceled"


async def a_run_takes_little_more_than_the_engine(launched: Launched, client: Client, engine: Engine) -> None:
    """From the order to the start, turn by turn with workloads that the engine is given directly; says what it took."""
    bare, whole = [], []
    for number in range(MEASURED + 1):
        bare.append(await _bare_seconds(engine, launched.directory, number))
        run = await asyncio.to_thread(lambda: client.wait(client.submit_job("process_numbers").run_id, timeout=60))
        assert run.start_time is not None
        whole.append((run.start_time - run.create_time).total_seconds())
    await engine.close()
    # With the first of each the engine learns something.
    del bare[0], whole[0]
    overhead = statistics.median(whole) - statistics.median(bare)
    print(f"\nbare {statistics.median(bare):.3f} s, run {statistics.median(whole):.3f} s, overhead {overhead:.3f} s")
    assert overhead <= MOST_OVERHEAD_SECONDS


async def _bare_seconds(engine: Engine, directory: Path, number: int) -> float:
    """How long the engine needs for a program with an interpreter that has imported the worker and the code."""
    sign = directory / f"bare-{number}"
    program = f"{importing_what_a_worker_needs(SEED)}; import time; open({str(sign)!r}, 'w').write(str(time.time()))"
    workload = Workload(f"bare-{number}", (sys.executable, "-c", program), {}, labels={"headrace/kind": "bare"})
    began = time.time()
    await engine.start(workload)
    written = await asyncio.to_thread(wait_until, lambda: sign.exists() and sign.read_text(), 30)
    return float(written) - began
