"""`ConfigurableResource`: resources as pydantic models."""

from __future__ import annotations

import inspect
from abc import abstractmethod
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from pydantic import PrivateAttr

from headrace.config.binding import resolve_config
from headrace.config.pythonic import Config
from headrace.definitions.resources.coercion import DefinesResource
from headrace.definitions.resources.context import InitResourceContext
from headrace.definitions.resources.event_loop import is_async_manager
from headrace.definitions.resources.model_resource import ModelResourceDefinition, check_fields
from headrace.definitions.resources.resource import ResourceDefinition
from headrace.errors import InvalidConfigError, InvariantViolationError

if TYPE_CHECKING:
    from typing_extensions import Self

T = TypeVar("T")


_NONE: Mapping[str, Set[str]] = {}


class _ReadFrom:
    """Stands for a value that holds what was read from the environment."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names

    def __repr__(self) -> str:
        return ", ".join(f"EnvVar({name!r})" for name in self._names)


class ConfigurableResourceFactory(Config, DefinesResource, Generic[T]):
    """The base of resources that make something else than themselves: implement `create_resource`.

    Fields are config; they may be given as `EnvVar("NAME")`, which is read when a run starts. Fields that are annotated
    with a resource class or `ResourceDependency` are other resources.
    """

    makes_something_else: ClassVar[bool] = True

    _context: InitResourceContext | None = PrivateAttr(None)
    _definition: ResourceDefinition | None = PrivateAttr(None)
    _variables: Mapping[str, Set[str]] = PrivateAttr(default_factory=dict)

    def __new__(cls, *_args: Any, **_values: Any) -> Self:
        """Refuses a class with fields that are neither config nor resources, where the user first makes one."""
        check_fields(cls)
        return super().__new__(cls)

    @staticmethod
    def _frozen_because(name: str) -> str:
        return (
            "a Pythonic resource and does not support item assignment, as it inherits from 'pydantic.BaseModel' with frozen=True. If "
            "trying to maintain state on this resource, consider building a separate, stateful client class, and provide a method "
            "on the resource to construct and return the stateful client."
        )

    @abstractmethod
    def create_resource(self, context: InitResourceContext) -> T:
        """Makes what ops and assets receive."""

    def setup_for_execution(self, context: InitResourceContext) -> None:
        """Called in the process of a run before the resource is used; override it to open connections."""

    def teardown_after_execution(self, context: InitResourceContext) -> None:
        """Called in the process of a run after the resource was used; override it to close connections."""

    @contextmanager
    def yield_for_execution(self, context: InitResourceContext) -> Generator[T, None, None]:
        """Sets up, makes the resource, and tears down; override it to do all three in one place."""
        self.setup_for_execution(context)
        try:
            made = self.create_resource(context)
            if inspect.isgenerator(made):
                with contextmanager(lambda: made)() as resource:
                    yield resource  # type: ignore[misc]  # what a generator yields is the T that it stands for
            else:
                yield made
        finally:
            self.teardown_after_execution(context)

    def get_resource_context(self) -> InitResourceContext:
        """The context that the resource was made with: a log, the run, the instance."""
        if self._context is None:
            raise InvariantViolationError(
                f"Attempted to get context before resource was initialized. {type(self).__name__} has one once it was "
                "started for a run."
            )
        return self._context

    def with_replaced_resource_context(self, resource_context: InitResourceContext) -> Self:
        """The same with this context, as tests of its methods need it.

        Args:
            resource_context: What `get_resource_context` is to return.
        """
        changed = self.model_copy()
        changed._context = resource_context
        changed._definition = None
        return changed

    with_resource_context = with_replaced_resource_context

    @classmethod
    def configure_at_launch(cls, **kwargs: Any) -> PartialResource:
        """This resource with only these fields set; run config has to give the others."""
        return PartialResource(cls, kwargs)

    @classmethod
    def unset(cls) -> PartialResource:
        """One with nothing set: run config has to give all fields."""
        return PartialResource(cls, {})

    def get_resource_definition(self) -> ResourceDefinition:
        """The definition; the same object every time."""
        if self._definition is None:
            self._definition = self.make_definition(self.given_values(), self)
        return self._definition

    @classmethod
    def make_definition(cls, given: Mapping[str, Any], origin: Any) -> ResourceDefinition:
        """A definition of a resource of this class with these fields set."""
        return ModelResourceDefinition(cls, given, origin)

    @classmethod
    def is_reference(cls, value: Any) -> bool:
        """Whether a value stands for one that is known only when a run starts."""
        return super().is_reference(value) or isinstance(value, (DefinesResource, ResourceDefinition))

    def given_values(self) -> dict[str, Any]:
        """The fields that were set."""
        given = {name: getattr(self, name) for name in type(self).model_fields if name in self.model_fields_set}
        return {**given, **(self.model_extra or {})}

    @classmethod
    def needs_teardown(cls) -> bool:
        """Whether instances do something when they are no longer needed."""
        base = ConfigurableResourceFactory
        return (
            cls.teardown_after_execution is not base.teardown_after_execution
            or cls.yield_for_execution is not base.yield_for_execution
        )

    @classmethod
    def starts_asynchronously(cls) -> bool:
        """Whether instances are set up by an `async def`."""
        return is_async_manager(cls.yield_for_execution)

    @classmethod
    def started(
        cls, values: Mapping[str, Any], context: InitResourceContext, variables: Mapping[str, Set[str]] = _NONE
    ) -> Self:
        """An instance with final values, for the process of a run.

        Args:
            values: The values by field.
            context: The context.
            variables: The environment variables that each field was read from: printing the instance names them and
                keeps what they hold to itself.
        """
        instance: Self = cls.from_config(values)
        instance._context = context
        instance._variables = variables
        return instance

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        for name, value in super().__repr_args__():
            read_from = sorted(self._variables.get(name or "", ()))
            yield name, (_ReadFrom(read_from) if read_from else value)

    @contextmanager
    def process_config_and_initialize_cm(self) -> Iterator[T]:
        """Reads the environment, starts nested resources and this one, and tears them down: for scripts and tests."""
        definition = self.get_resource_definition()
        config = resolve_config(definition.config_binding, {}, f"Config for {type(self).__name__} is invalid:")
        with definition.open(InitResourceContext(config, resource_def=definition)) as resource:
            yield resource

    def process_config_and_initialize(self) -> T:
        """Like `process_config_and_initialize_cm`, for resources that need no teardown."""
        _refuse_teardown(self.get_resource_definition().needs_teardown, type(self), "process_config_and_initialize")
        with ExitStack() as stack:
            resource: T = stack.enter_context(self.process_config_and_initialize_cm())
            stack.pop_all()
        return resource

    @classmethod
    def from_resource_context(cls, context: InitResourceContext) -> T:
        """Makes the resource from the config of a function decorated with `@resource`."""
        _refuse_teardown(cls.needs_teardown(), cls, "from_resource_context")
        instance = cls.started(context.resource_config or {}, context)
        instance.setup_for_execution(context)
        return instance.create_resource(context)

    @classmethod
    @contextmanager
    def from_resource_context_cm(cls, context: InitResourceContext) -> Generator[T, None, None]:
        """Makes the resource from the config of a function decorated with `@resource`, and tears it down."""
        instance = cls.started(context.resource_config or {}, context)
        with instance.yield_for_execution(context) as resource:
            yield resource


def _refuse_teardown(needs_teardown: bool, cls: type, method: str) -> None:
    if needs_teardown:
        raise InvariantViolationError(
            f"{cls.__name__} is to be torn down, so it is only there inside a with statement: use {method}_cm."
        )


class ConfigurableResource(ConfigurableResourceFactory[T]):
    """The base of resources that ops and assets receive as they are.

    Fields are config; they may be given as `EnvVar("NAME")`, which is read when a run starts. Fields that are annotated
    with a resource class or `ResourceDependency` are other resources.
    """

    makes_something_else: ClassVar[bool] = False

    def create_resource(self, context: InitResourceContext) -> T:
        """The resource itself."""
        return self  # type: ignore[return-value]


class PartialResource(DefinesResource):
    """A resource that run config completes; made with `configure_at_launch`."""

    def __init__(self, cls: type[ConfigurableResourceFactory[Any]], given: Mapping[str, Any]) -> None:
        unknown = given.keys() - cls.model_fields.keys()
        if unknown and cls.model_config.get("extra") != "allow":
            raise InvalidConfigError(f"{cls.__name__} has no field {', '.join(sorted(map(repr, unknown)))}.")
        self._cls = cls
        self._given = dict(given)
        self._definition: ResourceDefinition | None = None

    def get_resource_definition(self) -> ResourceDefinition:
        """The definition; the same object every time."""
        if self._definition is None:
            self._definition = self._cls.make_definition(self._given, self)
        return self._definition

    def __repr__(self) -> str:
        return f"{self._cls.__name__}.configure_at_launch({', '.join(self._given)})"
