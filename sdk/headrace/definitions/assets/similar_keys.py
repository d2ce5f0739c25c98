"""Which asset somebody may have meant who named one that is not there."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Sequence

from headrace.definitions.assets.key import AssetKey

_SHOWN = 10


def similar_keys(missing: Sequence[AssetKey], known: Iterable[AssetKey]) -> Sequence[str]:
    """Those that may be meant, written as lists: like that they can be pasted into `AssetKey(...)`."""
    close = sorted({other for key in missing for other in known if _may_be_meant(key, other)})
    return [json.dumps(list(key.parts)) for key in close[:_SHOWN]]


def _may_be_meant(key: AssetKey, other: AssetKey) -> bool:
    """The same name somewhere else, nearly the same name at the same place, or the same with slashes in one part."""
    if key.parts[-1] == other.parts[-1] or key.to_user_string() == other.to_user_string():
        return True
    return key.parts[:-1] == other.parts[:-1] and bool(difflib.get_close_matches(key.parts[-1], [other.parts[-1]]))
