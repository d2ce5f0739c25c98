"""`Instance`: what user code asks of the records of runs, assets and partitions."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headrace.instance.asset_questions import AssetQuestions
from headrace.instance.dynamic_partitions import DynamicPartitions
from headrace.instance.event_questions import EventQuestions
from headrace.instance.memory import MemoryLedger
from headrace.instance.python_logs import PythonLogs
from headrace.instance.run_questions import RunQuestions
from headrace.io.home import STORAGE_VARIABLE, storage_directory
from headrace.surroundings import TARGET_VARIABLE

if TYPE_CHECKING:
    from headrace.instance.ledger import Ledger


class Instance(AssetQuestions, EventQuestions, RunQuestions, DynamicPartitions):
    """The records of runs, assets and partitions, as `context.instance` and scripts read and write them.

        instance = headrace.Instance.ephemeral()
        headrace.materialize([orders], instance=instance)
        assert instance.get_latest_materialization_event(orders.key) is not None

    Make one with `ephemeral`, `local_temp`, `get` or `remote`. It may be used in a `with` statement.

    Args:
        open_ledger: Opens what keeps the records, when it is first asked.
        directory: Where values are stored, if that is the instance's own.
        overrides: Sections of an instance file; `python_logs` is heeded.

    Attributes:
        python_logs: Which log lines become events of runs in this process, and where those go besides.
    """

    def __init__(
        self,
        open_ledger: Callable[[], Ledger],
        directory: str | None = None,
        overrides: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(open_ledger)
        self.python_logs = PythonLogs.read((overrides or {}).get("python_logs"))
        self._directory = directory
        self._cleanup = ExitStack()

    @staticmethod
    def ephemeral(tempdir: str | None = None, preload: Any = None, settings: Any = None) -> Instance:
        """An instance in memory that nobody else sees, and that ends with this process.

        Args:
            tempdir: Where values are stored; as elsewhere when left out.
            preload: Accepted for older code; not used.
            settings: Sections of an instance file; `python_logs` is heeded.
        """
        return Instance(MemoryLedger, tempdir, settings)

    @staticmethod
    def local_temp(tempdir: str | None = None, overrides: Any = None) -> Instance:
        """An instance in memory whose values are in a directory of its own; removed by `dispose`.

        Args:
            tempdir: The directory; a new one when left out, which is removed.
            overrides: Sections of an instance file; `python_logs` is heeded.
        """
        instance = Instance(MemoryLedger, tempdir, overrides)
        if tempdir is None:
            instance._directory = instance._cleanup.enter_context(tempfile.TemporaryDirectory(prefix="headrace-"))
        return instance

    @staticmethod
    def get() -> Instance:
        """The instance of this place: that of the test around, else the running Headrace that `HEADRACE_TARGET` names."""
        around = _around.get()
        return around if around is not None else Instance.remote()

    @staticmethod
    def at_hand() -> Instance:
        """What runs and evaluations get that were given none: as `get`, but a new one in memory if nothing is named."""
        named = _around.get() is not None or os.environ.get(TARGET_VARIABLE)
        return Instance.get() if named else Instance.ephemeral()

    @staticmethod
    def remote(target: str | None = None) -> Instance:
        """A running Headrace, spoken to through its public services; connected when it is first asked.

        Args:
            target: The gateway's address; by default what `HEADRACE_TARGET` names, else `127.0.0.1:4270`.
        """

        def connect() -> Ledger:
            # Only who asks services pays for the libraries that it takes.
            from headrace.client.ledger import RemoteLedger

            return RemoteLedger(target)

        return Instance(connect)

    @property
    def is_ephemeral(self) -> bool:
        """Whether the records end with this process."""
        return isinstance(self._ledger, MemoryLedger)

    @property
    def ledger(self) -> Ledger:
        """Where the records are."""
        return self._ledger

    @property
    def root_directory(self) -> str:
        """The directory of the instance."""
        return self._directory if self._directory is not None else str(storage_directory().parent)

    def storage_directory(self) -> str:
        """Where values are stored when nobody says where."""
        return str(Path(self._directory) / "storage") if self._directory is not None else str(storage_directory())

    def dispose(self) -> None:
        """Lets go of connections and temporary files."""
        if "_ledger" in self.__dict__:
            self._ledger.close()
        self._cleanup.close()

    def __enter__(self) -> Instance:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.dispose()


@contextmanager
def instance_for_test(
    overrides: Any = None, set_dagster_home: bool = True, temp_dir: str | None = None, **_accepted: Any
) -> Iterator[Instance]:
    """An instance for the `with` block: empty, in memory, its values in a directory that is removed afterwards.

    `Instance.get()` gives the same instance inside of the block, and values are stored in the same directory.

    Args:
        overrides: Sections of an instance file; `python_logs` is heeded.
        set_dagster_home: Whether everything inside of the block stores its values there.
        temp_dir: The directory; a new one when left out.
    """
    with Instance.local_temp(temp_dir, overrides) as instance, ExitStack() as stack:
        token = _around.set(instance)
        stack.callback(_around.reset, token)
        if set_dagster_home:
            stack.enter_context(_stored_in(instance.storage_directory()))
        yield instance


@contextmanager
def _stored_in(directory: str) -> Iterator[None]:
    before = os.environ.get(STORAGE_VARIABLE)
    os.environ[STORAGE_VARIABLE] = directory
    try:
        yield
    finally:
        if before is None:
            del os.environ[STORAGE_VARIABLE]
        else:
            os.environ[STORAGE_VARIABLE] = before


_around: ContextVar[Instance | None] = ContextVar("headrace_instance", default=None)
