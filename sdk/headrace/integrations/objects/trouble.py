"""What goes wrong with stores of objects, as one sentence that says what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Trouble(Enum):
    """What a provider's error means; the value is the sentence."""

    MISSING = "{url} is not there: it has not been produced yet, or was stored elsewhere or removed."
    NO_BUCKET = "There is no {word} {bucket!r} at {place}: create it, or correct the name."
    NO_CREDENTIALS = "No credentials for {place} were found: {remedy}."
    WRONG_CREDENTIALS = "{place} does not accept the credentials for {word} {bucket!r}: correct them ({remedy})."
    FORBIDDEN = "The credentials are not allowed to {action} {url}: give them that right on the {word}, or use others."
    UNREACHABLE = "{place} cannot be reached to {action} {url}: check the address and the network."
    BUSY = "{place} was too busy to {action} {url}, however often it was asked: try again later, or ask for a higher quota."
    INVALID_NAME = "{bucket!r} can be no {word}: correct the name."
    OTHER = "{place} did not {action} {url}."


@dataclass(frozen=True, slots=True)
class Scene:
    """Where trouble happened.

    Attributes:
        action: What was to be done, such as `read`.
        url: With which object.
        bucket: In which bucket.
        word: What the provider calls a bucket.
        place: Where that is, for people.
        remedy: Where credentials come from.
    """

    action: str
    url: str
    bucket: str
    word: str
    place: str
    remedy: str


def sentence(trouble: Trouble, scene: Scene, detail: str = "") -> str:
    """Says what is wrong, and what would be right.

    Args:
        trouble: What it is.
        scene: Where it happened.
        detail: The provider's own words, where there is no better.
    """
    text = trouble.value.format(
        action=scene.action,
        url=scene.url,
        bucket=scene.bucket,
        word=scene.word,
        place=scene.place,
        remedy=scene.remedy,
    )
    return f"{text[:-1]}: {detail}" if detail and trouble is Trouble.OTHER else text
