"""Names of jobs that make assets, where they stand beside assets and checks."""

from __future__ import annotations

from typing import NamedTuple


class AssetJobKey(NamedTuple):
    """Names a job that makes assets.

    Attributes:
        job_name: The job.
    """

    job_name: str

    @staticmethod
    def from_user_string(text: str) -> AssetJobKey:
        """The key that people read so."""
        return AssetJobKey(text)

    def to_user_string(self) -> str:
        """The key as people read it."""
        return self.job_name
