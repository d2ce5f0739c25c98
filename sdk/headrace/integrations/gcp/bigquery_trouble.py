"""What goes wrong with BigQuery, as one sentence that says what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from headrace.errors import StoredFileNotFoundError, StoreError
from headrace.integrations.gcp.clients import REMEDY
from headrace.integrations.vendor import vendor

_QUOTA = frozenset({"quotaExceeded", "rateLimitExceeded"})


@contextmanager
def explained(action: str, what: str) -> Iterator[None]:
    """Turns errors of Google's libraries into ours.

    Args:
        action: What is done, such as `read`.
        what: With which table.

    Raises:
        StoredFileNotFoundError: the table is not there.
        StoreError: BigQuery refused, or did not answer.
    """
    exceptions, auth = vendor("google.api_core.exceptions", "gcp"), vendor("google.auth.exceptions", "gcp")
    try:
        yield
    except exceptions.NotFound as error:
        raise StoredFileNotFoundError(
            f"There is no table {what}: it has not been produced yet, or was stored elsewhere or removed ({_said(error)})."
        ) from error
    except auth.DefaultCredentialsError as error:
        raise StoreError(f"No credentials for BigQuery were found: {REMEDY}.") from error
    except (auth.RefreshError, exceptions.Unauthorized) as error:
        raise StoreError(f"BigQuery does not accept the credentials: correct them ({REMEDY}).") from error
    except (exceptions.Forbidden, exceptions.TooManyRequests) as error:
        raise StoreError(_refusal(error, action, what)) from error
    except (exceptions.RetryError, auth.TransportError, ConnectionError) as error:
        raise StoreError(
            f"BigQuery cannot be reached to {action} {what}: check the network ({_said(error)})."
        ) from error
    except exceptions.GoogleAPICallError as error:
        raise StoreError(f"BigQuery did not {action} {what}: {_said(error)}") from error


def _refusal(error: Exception, action: str, what: str) -> str:
    reasons = {each.get("reason") for each in getattr(error, "errors", ()) or ()}
    if reasons & _QUOTA or type(error).__name__ == "TooManyRequests":
        return f"The quota of BigQuery is used up, so it did not {action} {what}: try again later, or ask for a higher one."
    return (
        f"The credentials are not allowed to {action} {what}: give them the roles BigQuery Data Editor and BigQuery Job User, "
        f"or use others ({_said(error)})."
    )


def _said(error: Exception) -> str:
    return " ".join(str(getattr(error, "message", "") or error).split())[:300]
