"""Loggers: where the messages of a run go besides the event log."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from copy import copy
from typing import Any, overload

from headrace.config.binding import ConfigBinding, FixedConfig, OwnConfig, configure, resolve_config
from headrace.config.fields import Field
from headrace.definitions.ops.signature import positional_names
from headrace.definitions.source import SourceLocation, source_of
from headrace.errors import InvalidInvocationError

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

    @property
    def config_schema(self) -> Field:
        """The schema of the config."""
        return self.config_field

    def open(self, context: InitLoggerContext) -> logging.Logger:
        """Makes the logger of a run; the context has its final config."""
        return self.logger_fn(context)

    def __call__(self, *args: Any, **kwargs: Any) -> logging.Logger:
        """Makes the logger, as a test does.

        Args:
            args: A context, made with `build_init_logger_context`, or None.
            kwargs: The same by name.
        """
        context = self._given_context(args, kwargs) or InitLoggerContext()
        config = context.logger_config
        fixed = isinstance(self.config_binding, FixedConfig)
        what = "Error when applying config mapping for logger" if fixed else "Error in config for logger"
        final = resolve_config(self.config_binding, config, what)
        return self.logger_fn(InitLoggerContext(final, self, context.job_def, context.run_id))

    def _given_context(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> InitLoggerContext | None:
        names = positional_names(self.logger_fn)
        if len(args) + len(kwargs) > 1:
            raise InvalidInvocationError(
                "Initialization of logger received multiple arguments. Only a first positional context parameter should "
                "be provided when invoking."
            )
        if not args and not kwargs:
            raise InvalidInvocationError(
                "Logger initialization function has context argument, but no context argument was provided when invoking."
            )
        if kwargs and names[0] not in kwargs:
            raise InvalidInvocationError(f"Logger initialization expected argument '{names[0]}'.")
        given: InitLoggerContext | None = args[0] if args else kwargs[names[0]]
        return given

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
        what = f"logger at {self.source}"
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


def build_init_logger_context(logger_config: Any = None, job_def: Any = None) -> InitLoggerContext:
    """Makes a context to call a logger's definition with, as tests do.

    Args:
        logger_config: The logger's config.
        job_def: The job that runs.
    """
    return InitLoggerContext(logger_config, job_def=job_def)


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
