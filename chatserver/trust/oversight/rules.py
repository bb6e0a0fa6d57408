"""Who may ask for what and who decides it; what is odd about somebody's looking. Pure."""

from typing import Final

from msgspec import Struct

from chatserver.core.errors import ChatError, conflict, forbidden, invalid, not_found
from chatserver.core.session import Role, Session

DECIDE_WITHIN_MS: Final = 15 * 60_000
"""Nobody has decided within this time: ask again, so that what is approved is what is needed now."""

HOUR_MS: Final = 3_600_000

SUSPEND_FACTOR: Final = 3
"""At this many times a limit the account is suspended."""


class Kind(Struct, frozen=True):
    """Something that takes two: who asks, who decides, how long it is good for, whether it is used up at once."""

    asks: frozenset[Role]
    decides: frozenset[Role]
    object: str
    good_ms: int = DECIDE_WITHIN_MS
    once: bool = True


_OVERSEERS: Final = frozenset({Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR})

KINDS: Final[dict[str, Kind]] = {
    "break_glass": Kind(frozenset({Role.ADMIN}), _OVERSEERS, "conversation", good_ms=HOUR_MS, once=False),
    "unmask_user": Kind(
        frozenset({Role.AGENT, Role.SUPERVISOR}), frozenset({Role.SUPERVISOR}), "user", good_ms=600_000, once=False
    ),
    "export_user": Kind(_OVERSEERS, _OVERSEERS, "user"),
    "export_many": Kind(_OVERSEERS, _OVERSEERS, "", once=False),
    "erase_user": Kind(frozenset({Role.SUPERVISOR, Role.ADMIN}), _OVERSEERS, "user"),
}
"""Everything that takes two persons."""


class Approval(Struct, frozen=True, kw_only=True):
    """What one asks for and another decides; `status` is `pending`, `approved`, `refused` or `used`."""

    id: str
    kind: str
    object: str
    reason: str
    requested_by: str
    requested_at: int
    device: str
    status: str
    decided_by: str | None = None
    decided_at: int | None = None
    same_device: bool = False


def check_request(session: Session, kind: str, object_: str) -> None:
    """Raise `forbidden` unless this role may ask for it, `invalid` if it is about something else."""
    known = KINDS[kind]
    if session.role not in known.asks:
        raise forbidden(f"{kind} is not for the role {session.role} to ask for.")
    lead = f"{known.object}:" if known.object else ""
    if not object_.startswith(lead) or (not lead and object_) or (lead and object_ == lead):
        wanted = f"{lead}ID" if lead else "nothing: leave it out"
        raise invalid("object", f"{kind} is about {wanted}.")


def decide(approval: Approval | None, session: Session, *, approve: bool, now: int) -> Approval:
    """The approval after somebody else's decision.

    Raises `not_found`, `forbidden` (one's own, or not for this role), `conflict` (decided already, or too late).
    """
    if approval is None:
        raise not_found("approval")
    if approval.requested_by == session.identity:
        raise forbidden("Somebody else has to decide what you ask for.")
    if session.role not in KINDS[approval.kind].decides:
        raise forbidden(f"{approval.kind} is not for the role {session.role} to decide.")
    if approval.status != "pending":
        raise conflict(f"This is {approval.status} already.")
    if now - approval.requested_at > DECIDE_WITHIN_MS:
        raise conflict("This was asked for more than 15 minutes ago. Ask again.")
    status = "approved" if approve else "refused"
    fields = {name: getattr(approval, name) for name in approval.__struct_fields__}
    same = bool(approval.device) and approval.device == session.device
    fields |= {"status": status, "decided_by": session.identity, "decided_at": now, "same_device": same}
    return Approval(**fields)


def check_use(approval: Approval | None, session: Session, kind: str, object_: str, now: int) -> None:
    """Raise unless this approval lets this session do that now.

    `not_found` for an unknown one and for somebody else's, `conflict` for one that is not, or no longer, approved.
    """
    if approval is None or approval.requested_by != session.identity:
        raise not_found("approval")
    if (approval.kind, approval.object) != (kind, object_):
        raise conflict("This approval is for something else.")
    if approval.status != "approved":
        raise conflict(f"This approval is {approval.status}.")
    if now - (approval.decided_at or 0) > KINDS[kind].good_ms:
        raise conflict("This approval is over. Ask again.")


class Limit(Struct, frozen=True):
    """How many different things somebody may look at in an hour; `refuses` says that one more is `rate_limited`."""

    most: int
    refuses: bool = False


LIMITS: Final[dict[str, Limit]] = {
    "profiles": Limit(30, refuses=True),
    "reveals": Limit(5, refuses=True),
    "conversations": Limit(60),
    "searches": Limit(60),
}
"""For an agent of the first tier; twice as many for the second, three times for supervisors and auditors."""


def limit_of(session: Session, kind: str, rate_factor: float) -> int:
    """What this session may look at in an hour; 0 is without limit."""
    share = 1 if session.role is Role.AGENT and session.tier == 1 else 2 if session.role is Role.AGENT else 3
    return round(LIMITS[kind].most * share * rate_factor)


def too_many(kind: str, retry_after_ms: int) -> ChatError:
    """More than somebody needs to know."""
    text = f"You have looked at too many {kind} within an hour. Go on later, or ask a supervisor."
    return ChatError("rate_limited", text, retry_after_ms=retry_after_ms)


class Verdict(Struct, frozen=True):
    """What follows from a look: whether it is refused, whether supervisors hear of it, whether the account is shut."""

    refused: bool = False
    alert: bool = False
    suspend: bool = False


def judge(*, place: int, count: int, most: int, refuses: bool) -> Verdict:
    """Judge a look at something that is the `place`th of `count` different things within an hour; `most` 0 is any."""
    if most == 0:
        return Verdict()
    return Verdict(refuses and place > most, count > most, count >= most * SUSPEND_FACTOR)
