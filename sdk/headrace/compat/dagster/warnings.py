"""Categories of warnings that Dagster gives and code that uses it filters; Headrace never gives them."""

from __future__ import annotations

import warnings


class PreviewWarning(Warning):
    """Something is not ready for production."""


class BetaWarning(Warning):
    """Something may still change."""


class SupersessionWarning(FutureWarning):
    """Something has a successor."""


class ConfigArgumentWarning(SyntaxWarning):
    """An argument looks like config and is none."""


def deprecation_warning(
    subject: str, breaking_version: str, additional_warn_text: str | None = None, stacklevel: int = 3
) -> None:
    """Warns that something will be removed in a version."""
    text = f"{subject} is deprecated and will be removed in {breaking_version}."
    warnings.warn(
        f"{text} {additional_warn_text}" if additional_warn_text else text, DeprecationWarning, stacklevel=stacklevel
    )
