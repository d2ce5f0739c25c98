"""How many partitions one run of a backfill makes."""

from __future__ import annotations

from dataclasses import dataclass

from headrace.errors import InvalidDefinitionError


@dataclass(frozen=True)
class BackfillPolicy:
    """How many partitions one run of a backfill makes.

    Args:
        max_partitions_per_run: At most so many; None: all in one run.
    """

    max_partitions_per_run: int | None = 1

    def __post_init__(self) -> None:
        most = self.max_partitions_per_run
        if most is not None and (isinstance(most, bool) or not isinstance(most, int) or most < 1):
            raise InvalidDefinitionError(f"max_partitions_per_run is a whole number of at least 1, not {most!r}.")

    @staticmethod
    def single_run() -> BackfillPolicy:
        """All partitions in one run."""
        return BackfillPolicy(max_partitions_per_run=None)

    @staticmethod
    def multi_run(max_partitions_per_run: int = 1) -> BackfillPolicy:
        """Several runs, each with at most so many partitions."""
        return BackfillPolicy(max_partitions_per_run=max_partitions_per_run)

    @property
    def is_single_run(self) -> bool:
        """Whether all partitions are made in one run."""
        return self.max_partitions_per_run is None

    def __str__(self) -> str:
        most = self.max_partitions_per_run
        return "BackfillPolicy(single_run)" if most is None else f"BackfillPolicy(multi_run, at most {most})"
