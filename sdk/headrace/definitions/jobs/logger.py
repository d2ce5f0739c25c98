"""Loggers: where the messages of a run go besides the event log."""

from __future__ import annotations

import logging
from collections.abc import Callable
from copy import copy
from typing import Any, overload

from headrace.config.binding import ConfigBinding, OwnConfig, configure
from headrace.config.fields import Field
from headrace.definitions.source import SourceLocation, source_of

LoggerFunction = Callable[..., logging.Logger]


class LoggerDefinition:
    """A function that makes a `logging.Logger`, with its config schema.

    Args:
        logger_fn: Takes an `InitLoggerContext`; returns a `logging.Logger`.
        config_schema: What config it takes, under `loggers` of the run config.
        description: What it is.
    """

    def __init__(self, logger_fn: LoggerFunction, config_schema: Any = None, description: str | None = None) -> None:
        self.logger_fn = logger_fn
        self.description = description
        self.source: SourceLocation = source_of(logger_fn)
        self.config_binding: ConfigBinding = OwnConfig(config_schema)

    @property
    def config_field(self) -> Field:
        """The schema of the config."""
        return self.config_binding.field

    def configured(
        self, config_or_config_fn: Any, config_schema: Any = None, description: str | None = None
    ) -> LoggerDefinition:
        """This logger with its config fixed, or made by a function from config of another schema.

        Args:
            config_or_config_fn: The config, or a function that takes config and returns this logger's config.
            config_schema: What the function takes.
            description: What the new logger is.
        """
        configured = copy(self)
        configured.description = description if description is not None else self.description
        what = f"the logger at {self.source}"
        configured.config_binding = configure(self.config_binding, config_or_config_fn, config_schema, what)
        return configured

    def __repr__(self) -> str:
        return f"LoggerDefinition(at {self.source})"


class InitLoggerContext:
    """What a logger's function gets.

    Args:
        logger_config: The logger's config.
        logger_def: Its definition.
        job_def: The job that runs.
        run_id: The run's id.
    """

    def __init__(
        self,
        logger_config: Any = None,
        logger_def: LoggerDefinition | None = None,
        job_def: Any = None,
        run_id: str | None = None,
    ) -> None:
        self.logger_config = logger_config
        self.logger_def = logger_def
        self.job_def = job_def
        self.run_id = run_id


@overload
def logger(config_schema: LoggerFunction) -> LoggerDefinition: ...


@overload
def logger(config_schema: Any = ..., description: str | None = ...) -> Callable[[LoggerFunction], LoggerDefinition]: ...


def logger(
    config_schema: Any = None, description: str | None = None
) -> LoggerDefinition | Callable[[LoggerFunction], LoggerDefinition]:
    """Makes a logger definition of a function that takes an `InitLoggerContext`.

    Args:
        config_schema: What config it takes.
        description: What it is; the function's docstring when left out.
    """
    if callable(config_schema) and not isinstance(config_schema, type):
        return LoggerDefinition(config_schema, description=config_schema.__doc__)

    def make(function: LoggerFunction) -> LoggerDefinition:
        return LoggerDefinition(function, config_schema, description or function.__doc__)

    return make
