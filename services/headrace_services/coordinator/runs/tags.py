"""Tags of runs, and what those with a meaning mean. Pure: no I/O."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from headrace.api.types.v1.metadata_pb2 import Tag
from headrace.errors import InvalidArgumentError

PARTITION_TAG = "headrace/partition"
PARENT_TAG, ROOT_TAG = "headrace/parent_run_id", "headrace/root_run_id"
MOST_TAGS, MOST_CHARACTERS = 500, 4096
_PRODUCTS = ("headrace", "dagster")
_PRIORITY_LIMIT = 2**31
_MOST_RETRIES = 10_000
RETRY_STRATEGIES = ("FROM_FAILURE", "ALL_STEPS", "FROM_ASSET_FAILURE")
_TRUTHS = {"TRUE": True, "FALSE": False}
_LONGEST_RUNTIME = 10 * 365 * 86400


def spellings(name: str) -> tuple[str, ...]:
    """Returns the keys under which a tag with a meaning is known, ours first."""
    return tuple(f"{product}/{name}" for product in _PRODUCTS)


PARTITION_RANGE_TAGS = tuple(key for end in ("start", "end") for key in spellings(f"asset_partition_range_{end}"))
PARTITION_TAGS = (*spellings("partition"), *PARTITION_RANGE_TAGS)


def tags_of(tags: Iterable[Tag]) -> dict[str, str]:
    """Returns tags by key."""
    return {tag.key: tag.value for tag in tags}


def tag_messages(tags: Mapping[str, str]) -> list[Tag]:
    """Returns tags as the contract has them, sorted by key."""
    return [Tag(key=key, value=tags[key]) for key in sorted(tags)]


def check_tags(tags: Mapping[str, str]) -> None:
    """Makes sure that tags can be stored and mean something.

    Raises:
        InvalidArgumentError: one is wrong, or there are too many.
    """
    if len(tags) > MOST_TAGS:
        raise InvalidArgumentError(violations={"tags": f"{len(tags)} are too many, at most {MOST_TAGS} fit"})
    for key, value in tags.items():
        if not key:
            raise InvalidArgumentError(violations={"tags": "a tag needs a key"})
        if len(key) + len(value) > MOST_CHARACTERS:
            raise InvalidArgumentError(violations={f"tags.{key[:50]}": f"is longer than {MOST_CHARACTERS} characters"})
    priority(tags)
    max_runtime(tags)
    _whole(tags, "max_retries", 0, _MOST_RETRIES, "no number of retries: give a whole number such as 3")
    _one_of(tags, "retry_strategy", RETRY_STRATEGIES)
    _one_of(tags, "retry_on_asset_or_op_failure", _TRUTHS)


def priority(tags: Mapping[str, str]) -> int:
    """Returns a run's place in the queue; higher goes first.

    Raises:
        InvalidArgumentError: the tag is no whole number.
    """
    found = _whole(
        tags, "priority", -_PRIORITY_LIMIT, _PRIORITY_LIMIT - 1, "no priority: give a whole number such as 10 or -5"
    )
    return found or 0


def max_retries(tags: Mapping[str, str]) -> int | None:
    """Returns how often a run wants to be repeated; None if it does not say, or nothing that makes sense."""
    try:
        return _whole(tags, "max_retries", 0, _MOST_RETRIES, "")
    except InvalidArgumentError:
        # It was stored before anybody checked it, and the run has to go on.
        return None


def max_runtime(tags: Mapping[str, str]) -> int | None:
    """Returns for how many seconds a run may run, 0 for any time; None if it does not say.

    Raises:
        InvalidArgumentError: the tag is no number of seconds.
    """
    return _whole(tags, "max_runtime", 0, _LONGEST_RUNTIME, "no number of seconds: give a whole number such as 3600")


def retry_strategy(tags: Mapping[str, str]) -> str:
    """Returns what a run wants its retries to repeat, one of `RETRY_STRATEGIES`; empty if it does not say."""
    found = next((tags[key].upper() for key in spellings("retry_strategy") if key in tags), "")
    return found if found in RETRY_STRATEGIES else ""


def retry_on_step_failure(tags: Mapping[str, str]) -> bool | None:
    """Returns whether a run wants to be repeated when one of its steps failed; None if it does not say."""
    found = next((tags[key] for key in spellings("retry_on_asset_or_op_failure") if key in tags), "")
    return _TRUTHS.get(found.upper())


def _one_of(tags: Mapping[str, str], name: str, options: Collection[str]) -> None:
    for key in spellings(name):
        if key in tags and tags[key].upper() not in options:
            raise InvalidArgumentError(violations={f"tags.{key}": f"{tags[key]!r} must be one of {', '.join(options)}"})


def _whole(tags: Mapping[str, str], name: str, least: int, most: int, wrong: str) -> int | None:
    for key in spellings(name):
        if key in tags:
            try:
                number = int(tags[key])
            except ValueError:
                number = most + 1
            if not least <= number <= most:
                raise InvalidArgumentError(violations={f"tags.{key}": f"{tags[key]!r} is {wrong}"})
            return number
    return None
