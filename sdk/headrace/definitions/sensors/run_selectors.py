"""Saying whose runs a sensor watches, beyond the jobs of its own location."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from headrace.errors import InvalidDefinitionError


@dataclass(frozen=True)
class CodeLocationSelector:
    """All jobs of a code location.

    Args:
        location_name: The code location.
    """

    location_name: str

    @property
    def job_name(self) -> str | None:
        """The job; None for all."""
        return None


@dataclass(frozen=True)
class RepositorySelector:
    """All jobs of a code location; in Headrace a location holds one set of definitions.

    Args:
        location_name: The code location.
        repository_name: Accepted for older code; not used.
    """

    location_name: str
    repository_name: str = ""

    @property
    def job_name(self) -> str | None:
        """The job; None for all."""
        return None


@dataclass(frozen=True)
class JobSelector:
    """A job of a code location.

    Args:
        location_name: The code location; empty for the sensor's own.
        repository_name: Accepted for older code; not used.
        job_name: The job.
    """

    location_name: str = ""
    repository_name: str | None = None
    job_name: str | None = None

    def __post_init__(self) -> None:
        if not self.job_name:
            raise InvalidDefinitionError(
                "A JobSelector names a job; for all jobs of a location use CodeLocationSelector."
            )


RunSelector = CodeLocationSelector | RepositorySelector | JobSelector


def selectors_of(monitored: Sequence[Any], what: str) -> Sequence[RunSelector]:
    """What a sensor watches, given as jobs, their names or selectors.

    Raises:
        InvalidDefinitionError: something is none of these.
    """
    return [each if isinstance(each, RunSelector) else _of_job(each, what) for each in monitored]


def _of_job(job: Any, what: str) -> JobSelector:
    name = job if isinstance(job, str) else getattr(job, "name", None) or getattr(job, "job_name", None)
    if not isinstance(name, str):
        raise InvalidDefinitionError(f"{what}: monitored_jobs holds {job!r}, which is no job.")
    return JobSelector(job_name=name)
