"""The one family of refusals, with the stable codes that clients act upon."""

from typing import Any, Final

HTTP_STATUS: Final[dict[str, int]] = {
    "invalid": 400,
    "unauthenticated": 401,
    "forbidden": 403,
    "not_found": 404,
    "conflict": 409,
    "closed": 409,
    "not_assigned": 409,
    "capacity": 409,
    "offer_expired": 409,
    "too_large": 413,
    "upgrade_required": 426,
    "rate_limited": 429,
    "storage": 503,
    "retry": 503,
}
"""Every error code and the HTTP status it travels with."""

RETRY_AFTER_MS: Final = 1_000
"""What a client waits after `retry` or `storage` when nothing better is known."""


class ChatError(Exception):
    """A refusal that a client is told about.

    `code` is one of `HTTP_STATUS`; `message` tells a person what to do next; `field` names the
    offending input; `retry_after_ms` says when the same request may succeed.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        field: str | None = None,
        retry_after_ms: int | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.field = field
        self.retry_after_ms = retry_after_ms

    @property
    def status(self) -> int:
        """The HTTP status of this refusal."""
        return HTTP_STATUS[self.code]

    def as_dict(self) -> dict[str, Any]:
        """The object that goes on the wire: `{code, message, field?, retry_after_ms?}`."""
        body: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.field is not None:
            body["field"] = self.field
        if self.retry_after_ms is not None:
            body["retry_after_ms"] = self.retry_after_ms
        return body


def invalid(field: str | None, message: str) -> ChatError:
    """The input has the wrong shape; `field` says where."""
    return ChatError("invalid", message, field=field)


def not_found(what: str = "conversation") -> ChatError:
    """Unknown, or somebody else's: the two are told apart by nobody."""
    return ChatError("not_found", f"There is no such {what}, or it is not yours to see.")


def forbidden(message: str = "Your role may not do this.") -> ChatError:
    """The role or identity is not allowed to do this, whatever the state."""
    return ChatError("forbidden", message)


def second_factor_needed() -> ChatError:
    """The role has to have a second factor, and the account has none yet; `field` says so to pages."""
    return ChatError("forbidden", "Set up an authenticator app or a passkey first.", field="second_factor")


def conflict(message: str) -> ChatError:
    """The present state forbids it."""
    return ChatError("conflict", message)


def not_assigned() -> ChatError:
    """An agent tries to write in a conversation that is not, or no longer, theirs."""
    return ChatError("not_assigned", "This conversation is not assigned to you; your text was not sent.")


def closed() -> ChatError:
    """The conversation has ended."""
    return ChatError("closed", "This conversation is closed. Start a new one to go on.")


def capacity() -> ChatError:
    """The agent already serves as many conversations as they may."""
    return ChatError("capacity", "All your slots are taken. Close or hand off a conversation first.")


def unauthenticated(message: str = "Sign in again.") -> ChatError:
    """Who this is could not be established."""
    return ChatError("unauthenticated", message)


def retry(message: str = "The server is busy. Send the same again in a moment.") -> ChatError:
    """Nothing was decided; the same request, with the same key, may be sent again."""
    return ChatError("retry", message, retry_after_ms=RETRY_AFTER_MS)


def storage() -> ChatError:
    """What was asked could not be made durable, so it did not happen."""
    return ChatError(
        "storage",
        "The message could not be stored. It is not sent; send the same again in a moment.",
        retry_after_ms=RETRY_AFTER_MS,
    )
