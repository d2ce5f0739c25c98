"""Every error that Headrace raises on purpose.

HeadraceError
├── InvalidDefinitionError            a definition contradicts itself or another one
│   ├── DuplicateDefinitionError      two definitions share one name or key
│   │   └── MergeConflictError        … of containers that are merged; an InvariantViolationError, too
│   ├── CyclicDependencyError         ops or assets depend on themselves
│   │   └── ResourceCycleError        … or resources; an InvariantViolationError, too
│   ├── ResourceNotProvidedError      a resource is required that nobody provides; an UnknownResourceError, too
│   ├── UnknownTargetError            a schedule or sensor runs a job that is not there; an UnknownNameError, too
│   ├── InvalidCronError              a cron string or a time zone cannot be read
│   └── InvalidConfigDefinitionError  a config schema is no schema
├── InvalidConfigError                config does not fit its schema
├── InvalidFileError                  a file of settings cannot be read, or says what it must not
├── InvalidInvocationError            a definition was called in a way it cannot be
├── AssetCheckFailedError             a blocking check of an asset did not pass
├── InvalidObservationError           what observes an asset told of it what cannot be
├── InvalidSubsetError                a selection names what is not there
├── InvariantViolationError           an API was used against its contract
├── UnknownNameError                  nothing is defined under that name
│   ├── UnknownResourceError          there is no such resource here; an AttributeError, as it is asked for as one
│   └── UnknownPartitionError         a partition key is not in its set
├── UnmetExecutorRequirementsError    an executor cannot run here
├── StepNotFoundError                 there is no such step in the plan
├── StepOutputNotFoundError           a step's output was never stored
│   ├── StoredFileNotFoundError       … so that its file is not there; a FileNotFoundError
│   └── PartitionsNotStoredError      … as some partitions of an asset were not; a RuntimeError
├── StoreError                        a store outside of Headrace refused, or did not answer
├── MissingExtraError                 a library is needed that an extra installs; an ImportError, too
├── TypeCheckError                    a value is not of its declared type
├── UserCodeError                     code of the user raised; `user_exception` is what it raised
│   ├── StepExecutionError            … in an op or asset
│   ├── ResourceInitError             … while a resource was set up or torn down
│   ├── LoadInputError                … while an I/O manager loaded an input
│   ├── HandleOutputError             … while an I/O manager stored an output
│   ├── HookExecutionError            … in a hook
│   ├── ConfigMappingError            … in a config mapping
│   ├── ScheduleEvaluationError       … in a schedule
│   └── SensorEvaluationError         … in a sensor
└── ServiceError                      a service refused a call, or could not be reached
    ├── InvalidArgumentError          wrong whatever the state: a field, a request id used twice, another list's cursor
    │   ├── RequestIdReusedError
    │   └── CursorMismatchError
    ├── NotFoundError                 a name or an id that is not there
    │   ├── RunNotFoundError
    │   ├── LocationNotFoundError
    │   ├── TargetNotFoundError
    │   ├── AssetNotFoundError
    │   ├── BackfillNotFoundError
    │   └── LogNotFoundError
    ├── AlreadyExistsError            a name or an id that is taken
    │   ├── RunIdTakenError
    │   └── BackfillIdTakenError
    ├── FailedPreconditionError       not in the present state
    │   ├── RunFinishedError
    │   ├── RunNotFinishedError
    │   ├── BackfillNotFinishedError
    │   ├── NothingToRetryError
    │   ├── LogsNotCapturedError
    │   ├── LogUnreadableError
    │   ├── LeaseLostError
    │   ├── LocationNotLoadedError
    │   └── PausedError
    ├── AbortedError                  lost a race: read again, then retry the whole intent
    │   ├── StaleEtagError
    │   └── SerializationFailureError
    ├── ResourceExhaustedError        too big or too many
    │   ├── MessageTooLargeError
    │   ├── QueueFullError
    │   └── RateLimitedError
    ├── OutOfRangeError               the past that was asked for is gone
    │   └── CursorExpiredError
    ├── UnavailableError              try again as it is
    │   ├── NotAnsweringError
    │   ├── DrainingError
    │   ├── StorageDownError
    │   └── LocationUnreachableError
    ├── DeadlineExceededError         no answer in time; what happened is unknown
    ├── CallCanceledError             the caller gave up
    ├── UnauthenticatedError          who calls is not known
    ├── PermissionDeniedError         who calls may not
    ├── UnimplementedError            the other side is too old, or speaks another contract
    └── InternalError                 a bug of ours; quote the incident id when you report it

ExecutionInterruptedError             a run was canceled while code was running; a `BaseException`, so that
                                      `except Exception` in user code does not swallow it
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from headrace.config.issues import ConfigIssue


class HeadraceError(Exception):
    """The base of all of them.

    Attributes:
        reason: A stable word for programs, such as `DEFINITION_INVALID`.
        code: The name of the gRPC code that the error travels as.
        metadata: Details for programs; what people need is in the message.
    """

    reason: str = "INTERNAL"
    code: str = "INTERNAL"

    def __init__(self, message: str = "", *, metadata: Mapping[str, str] | None = None) -> None:
        super().__init__(message or type(self).__doc__ or "")
        self.metadata: dict[str, str] = dict(metadata or {})

    @property
    def message(self) -> str:
        """What went wrong, for people."""
        return str(self)


class InvalidDefinitionError(HeadraceError):
    """A definition contradicts itself or another one.

    Attributes:
        source: The file and line to look at, where the error is found later than there.
    """

    reason = "DEFINITION_INVALID"
    code = "INVALID_ARGUMENT"

    def __init__(
        self, message: str = "", *, source: tuple[str, int] | None = None, metadata: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message, metadata=metadata)
        self.source = source


class DuplicateDefinitionError(InvalidDefinitionError):
    """Two definitions share one name or key."""


class CyclicDependencyError(InvalidDefinitionError):
    """Ops or assets depend on themselves."""


class InvalidCronError(InvalidDefinitionError):
    """A cron string or a time zone cannot be read."""


class InvalidConfigDefinitionError(InvalidDefinitionError):
    """A config schema is no schema."""


class InvalidConfigError(HeadraceError):
    """Config does not fit its schema; `issues` says where and what would be right."""

    reason = "CONFIG_INVALID"
    code = "INVALID_ARGUMENT"

    def __init__(
        self,
        message: str = "",
        *,
        issues: tuple[ConfigIssue, ...] = (),
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        lines = [message, *(f"    Error {number}: {issue}" for number, issue in enumerate(issues, start=1))]
        super().__init__("\n".join(line for line in lines if line), metadata=metadata)
        self.issues = issues

    @property
    def errors(self) -> tuple[ConfigIssue, ...]:
        """Each thing that is wrong."""
        return self.issues


class InvalidFileError(HeadraceError):
    """A file of settings cannot be read, or says what it must not; the message lists every place."""

    reason = "FILE_INVALID"
    code = "INVALID_ARGUMENT"


class InvalidInvocationError(HeadraceError):
    """A definition was called in a way it cannot be."""

    reason = "INVOCATION_INVALID"
    code = "INVALID_ARGUMENT"


class AssetCheckFailedError(HeadraceError):
    """A blocking check of an asset did not pass."""

    reason = "ASSET_CHECK_FAILED"


class InvalidObservationError(HeadraceError):
    """What observes an asset told of it what cannot be."""

    reason = "OBSERVATION_INVALID"
    code = "FAILED_PRECONDITION"


class InvalidSubsetError(HeadraceError):
    """A selection names what is not there."""

    reason = "SUBSET_INVALID"
    code = "INVALID_ARGUMENT"


class InvariantViolationError(HeadraceError):
    """An API was used against its contract."""

    reason = "INVARIANT_VIOLATED"
    code = "FAILED_PRECONDITION"


class MergeConflictError(DuplicateDefinitionError, InvariantViolationError):
    """Containers of definitions that are merged contradict each other."""


class ResourceCycleError(CyclicDependencyError, InvariantViolationError):
    """Resources require each other."""


class UnknownNameError(HeadraceError):
    """Nothing is defined under that name."""

    reason = "DEFINITION_UNKNOWN"
    code = "NOT_FOUND"


class UnknownResourceError(UnknownNameError, AttributeError):
    """There is no such resource here."""

    reason = "RESOURCE_UNKNOWN"


class ResourceNotProvidedError(InvalidDefinitionError, UnknownResourceError):
    """A resource is required that nobody provides."""

    reason = "RESOURCE_NOT_PROVIDED"
    code = "NOT_FOUND"


class UnknownPartitionError(UnknownNameError):
    """A partition key is not in its set."""

    reason = "PARTITION_UNKNOWN"


class UnknownTargetError(InvalidDefinitionError, UnknownNameError):
    """A schedule or sensor runs a job that is not there."""

    reason = "JOB_UNKNOWN"
    code = "NOT_FOUND"


class UnmetExecutorRequirementsError(HeadraceError):
    """An executor cannot run here."""

    reason = "EXECUTOR_REQUIREMENTS"
    code = "FAILED_PRECONDITION"


class StepNotFoundError(HeadraceError):
    """There is no such step in the plan."""

    reason = "STEP_UNKNOWN"
    code = "NOT_FOUND"


class StepOutputNotFoundError(HeadraceError):
    """A step's output was not produced, or never stored."""

    reason = "STEP_OUTPUT_UNKNOWN"
    code = "NOT_FOUND"


class StoredFileNotFoundError(StepOutputNotFoundError, FileNotFoundError):
    """A step's output was never stored: its file is not there."""


class PartitionsNotStoredError(StepOutputNotFoundError, RuntimeError):
    """Some partitions of an asset were never stored."""


class StoreError(HeadraceError):
    """A store outside of Headrace refused, or did not answer; the message says what to do."""

    reason = "STORE_FAILED"
    code = "FAILED_PRECONDITION"


class MissingExtraError(HeadraceError, ImportError):
    """A library is needed that an extra of Headrace installs."""

    reason = "EXTRA_MISSING"
    code = "FAILED_PRECONDITION"


class TypeCheckError(HeadraceError):
    """A value is not of its declared type; `metadata` is what the check attached.

    Attributes:
        description: Why not.
        dagster_type: The type.
    """

    reason = "TYPE_MISMATCH"
    code = "FAILED_PRECONDITION"

    def __init__(
        self, description: str = "", metadata: Mapping[str, Any] | None = None, dagster_type: object = None
    ) -> None:
        super().__init__(description, metadata=metadata)
        self.description = description
        self.dagster_type = dagster_type


class UserCodeError(HeadraceError):
    """Code of the user raised; `user_exception` is what it raised."""

    reason = "USER_CODE"
    code = "UNKNOWN"

    def __init__(
        self,
        message: str = "",
        *,
        user_exception: BaseException | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message, metadata=metadata)
        self.user_exception = user_exception
        self.__cause__ = user_exception

    @property
    def original_exc_info(
        self,
    ) -> tuple[type[BaseException] | None, BaseException | None, object]:
        """The triple that `sys.exc_info()` gave when the user's code raised."""
        error = self.user_exception
        return (type(error) if error else None, error, error.__traceback__ if error else None)


class StepExecutionError(UserCodeError):
    """An op or asset raised."""

    reason = "STEP_FAILED"

    def __init__(
        self,
        message: str = "",
        *,
        user_exception: BaseException | None = None,
        step_key: str = "",
        op_name: str = "",
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message, user_exception=user_exception, metadata=metadata)
        self.step_key = step_key
        self.op_name = op_name


class ResourceInitError(UserCodeError):
    """A resource raised while it was set up or torn down."""

    reason = "RESOURCE_FAILED"


class LoadInputError(UserCodeError):
    """An I/O manager raised while it loaded an input."""

    reason = "LOAD_INPUT_FAILED"


class HandleOutputError(UserCodeError):
    """An I/O manager raised while it stored an output."""

    reason = "HANDLE_OUTPUT_FAILED"


class HookExecutionError(UserCodeError):
    """A hook raised."""

    reason = "HOOK_FAILED"


class ConfigMappingError(UserCodeError):
    """A config mapping raised."""

    reason = "CONFIG_MAPPING_FAILED"


class ScheduleEvaluationError(UserCodeError):
    """A schedule raised."""

    reason = "SCHEDULE_FAILED"


class SensorEvaluationError(UserCodeError):
    """A sensor raised."""

    reason = "SENSOR_FAILED"


class ExecutionInterruptedError(BaseException):
    """A run was canceled while code was running."""

    reason: str = "INTERRUPTED"
    code: str = "CANCELLED"

    def __init__(self, message: str = "", *, metadata: Mapping[str, str] | None = None) -> None:
        super().__init__(message or "The run was canceled.")
        self.metadata: dict[str, str] = dict(metadata or {})


# What services answer. An error travels as a gRPC status with its reason in `ErrorInfo` and comes back as the same class;
# `headrace.rpc.status` derives the table of both directions from the `code` and `reason` that classes declare here.


class ServiceError(HeadraceError):
    """A service refused a call, or could not be reached.

    Attributes:
        retry_after: Seconds to wait before another try, where the service told.
    """

    reason = "UNKNOWN"
    code = "UNKNOWN"

    def __init__(
        self,
        message: str = "",
        *,
        retry_after: float | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message, metadata=metadata)
        self.retry_after = retry_after


class InvalidArgumentError(ServiceError):
    """A request is wrong whatever the state; `violations` says per field what would be right."""

    reason = "BAD_FIELD"
    code = "INVALID_ARGUMENT"

    def __init__(
        self,
        message: str = "",
        *,
        violations: Mapping[str, str] | None = None,
        retry_after: float | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        self.violations: dict[str, str] = dict(violations or {})
        described = message or "; ".join(f"{field}: {what}" for field, what in self.violations.items())
        super().__init__(described, retry_after=retry_after, metadata=metadata)


class RequestIdReusedError(InvalidArgumentError):
    """A request id came back with another request."""

    reason = "REQUEST_ID_REUSED"


class CursorMismatchError(InvalidArgumentError):
    """A cursor or page token belongs to another list or filter."""

    reason = "CURSOR_MISMATCH"


class NotFoundError(ServiceError):
    """Nothing has that name or id."""

    reason = "NOT_FOUND"
    code = "NOT_FOUND"


class RunNotFoundError(NotFoundError):
    """There is no such run."""

    reason = "RUN_NOT_FOUND"


class LocationNotFoundError(NotFoundError):
    """There is no such code location."""

    reason = "LOCATION_NOT_FOUND"


class TargetNotFoundError(NotFoundError):
    """The location defines no such job, asset, schedule or sensor."""

    reason = "TARGET_NOT_FOUND"


class AssetNotFoundError(NotFoundError):
    """No location defines that asset, and it was never materialized."""

    reason = "ASSET_NOT_FOUND"


class BackfillNotFoundError(NotFoundError):
    """There is no such backfill."""

    reason = "BACKFILL_NOT_FOUND"


class LogNotFoundError(NotFoundError):
    """The step has written no log, or it is kept no longer."""

    reason = "LOG_NOT_FOUND"


class AlreadyExistsError(ServiceError):
    """That name or id is taken."""

    reason = "ALREADY_EXISTS"
    code = "ALREADY_EXISTS"


class RunIdTakenError(AlreadyExistsError):
    """Another run has that id."""

    reason = "RUN_ID_TAKEN"


class BackfillIdTakenError(AlreadyExistsError):
    """Another backfill has that id."""

    reason = "BACKFILL_ID_TAKEN"


class FailedPreconditionError(ServiceError):
    """The call does not fit the present state."""

    reason = "FAILED_PRECONDITION"
    code = "FAILED_PRECONDITION"


class RunFinishedError(FailedPreconditionError):
    """The run has finished already."""

    reason = "RUN_FINISHED"


class RunNotFinishedError(FailedPreconditionError):
    """The run has not finished yet."""

    reason = "RUN_NOT_FINISHED"


class BackfillNotFinishedError(FailedPreconditionError):
    """The backfill has not finished yet."""

    reason = "BACKFILL_NOT_FINISHED"


class NothingToRetryError(FailedPreconditionError):
    """Every step of the run succeeded."""

    reason = "NOTHING_TO_RETRY"


class LogsNotCapturedError(FailedPreconditionError):
    """This deployment keeps no output of steps."""

    reason = "LOGS_NOT_CAPTURED"


class LogUnreadableError(FailedPreconditionError):
    """The output of a step is kept where the gateway cannot read it; the message says why."""

    reason = "LOG_UNREADABLE"


class LeaseLostError(FailedPreconditionError):
    """Another holder has taken over: stop, nothing more of yours is stored."""

    reason = "LEASE_LOST"


class LocationNotLoadedError(FailedPreconditionError):
    """The code location has no definitions loaded."""

    reason = "LOCATION_NOT_LOADED"


class PausedError(FailedPreconditionError):
    """It is paused."""

    reason = "PAUSED"


class AbortedError(ServiceError):
    """Lost a race: read again, then retry the whole intent."""

    reason = "ABORTED"
    code = "ABORTED"


class StaleEtagError(AbortedError):
    """It has changed since it was read."""

    reason = "ETAG_STALE"


class SerializationFailureError(AbortedError):
    """The database could not order two writers."""

    reason = "SERIALIZATION_FAILURE"


class ResourceExhaustedError(ServiceError):
    """Too big or too many."""

    reason = "RESOURCE_EXHAUSTED"
    code = "RESOURCE_EXHAUSTED"


class MessageTooLargeError(ResourceExhaustedError):
    """A message exceeds the limit of 4 MiB."""

    reason = "MESSAGE_TOO_LARGE"


class QueueFullError(ResourceExhaustedError):
    """The queue is full."""

    reason = "QUEUE_FULL"


class RateLimitedError(ResourceExhaustedError):
    """Too many calls; `retry_after` says when to come back."""

    reason = "RATE_LIMITED"


class OutOfRangeError(ServiceError):
    """What was asked for is out of the range that is kept."""

    reason = "OUT_OF_RANGE"
    code = "OUT_OF_RANGE"


class CursorExpiredError(OutOfRangeError):
    """The past that the cursor points to is gone; `metadata` has the oldest usable one."""

    reason = "CURSOR_EXPIRED"


class UnavailableError(ServiceError):
    """The service cannot be reached now; try again as it is."""

    reason = "UNAVAILABLE"
    code = "UNAVAILABLE"


class NotAnsweringError(UnavailableError):
    """The connection itself failed; callers of whoever tried it see an UnavailableError."""


class DrainingError(UnavailableError):
    """The service is stopping; another replica, or the restarted one, will answer."""

    reason = "DRAINING"


class StorageDownError(UnavailableError):
    """The database does not answer; nothing that was accepted is lost."""

    reason = "STORAGE_DOWN"


class LocationUnreachableError(UnavailableError):
    """The code location does not answer."""

    reason = "LOCATION_UNREACHABLE"


class DeadlineExceededError(ServiceError):
    """No answer in time; whether it happened is unknown, so retry with the same request id."""

    reason = "DEADLINE_EXCEEDED"
    code = "DEADLINE_EXCEEDED"


class CallCanceledError(ServiceError):
    """The caller gave up."""

    reason = "CANCELED"
    code = "CANCELLED"


class UnauthenticatedError(ServiceError):
    """Who calls is not known: a token is missing or wrong."""

    reason = "UNAUTHENTICATED"
    code = "UNAUTHENTICATED"


class PermissionDeniedError(ServiceError):
    """Who calls may not do this."""

    reason = "PERMISSION_DENIED"
    code = "PERMISSION_DENIED"


class UnimplementedError(ServiceError):
    """The other side does not know this call: it is too old, or no Headrace service."""

    reason = "UNIMPLEMENTED"
    code = "UNIMPLEMENTED"


class InternalError(ServiceError):
    """A bug of ours; the incident id in `metadata` finds it in the service's log."""

    reason = "BUG"
    code = "INTERNAL"
