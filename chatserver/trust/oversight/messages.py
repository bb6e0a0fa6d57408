"""What is said about approvals and alerts."""

from typing import Annotated, Any, Final, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from chatserver.core.routes import Query
from chatserver.core.text import Reason

ApprovalKind = Literal["break_glass", "unmask_user", "export_user", "export_many", "erase_user"]
ApprovalStatus = Literal["pending", "approved", "refused", "used", "expired"]


class AskApproval(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ask for something that takes two persons; `object` is `user:ID` or `conversation:ID`, as the kind needs."""

    kind: ApprovalKind
    reason: Reason
    object: Annotated[str, Meta(max_length=128)] = ""


class DecideApproval(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the second person says."""

    approve: bool


class Overseer(Struct, frozen=True):
    """Somebody of the staff."""

    id: str
    name: str


class ApprovalInfo(Struct, frozen=True, kw_only=True):
    """Something that one asks for and another decides.

    `until` is when it has to be decided, or, once approved, used (milliseconds since 1970); `same_device` warns that
    both came from one machine.
    """

    id: str
    kind: ApprovalKind
    object: str
    reason: str
    status: ApprovalStatus
    requested_by: Overseer
    requested_at: int
    until: int
    decided_by: Overseer | UnsetType = UNSET
    decided_at: int | UnsetType = UNSET
    same_device: bool = False


class ApprovalResult(Struct, frozen=True):
    """An approval as it stands now."""

    approval: ApprovalInfo


class ApprovalList(Struct, frozen=True):
    """Approvals, newest first."""

    approvals: list[ApprovalInfo]


class ApprovalQuery(Query, frozen=True):
    """Which approvals: those in a status, or all of the last days."""

    status: ApprovalStatus | UnsetType = UNSET
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class ApprovalEvent(Struct, frozen=True):
    """An approval was asked for, decided or used; told to supervisors, administrators, auditors and who asked."""

    approval: ApprovalInfo


class AlertInfo(Struct, frozen=True, kw_only=True):
    """Something odd about somebody of the staff.

    `kind`: `profiles`, `reveals`, `conversations`, `searches` (more within an hour than `bound`), `glass_broken`,
    `same_device` (asked for and approved from one machine). `suspended` says that the account was disabled.
    """

    id: str
    at: int
    kind: str
    agent: Overseer
    count: int
    bound: int
    suspended: bool
    seen_by: Overseer | UnsetType = UNSET
    seen_at: int | UnsetType = UNSET


class AlertList(Struct, frozen=True):
    """Alerts, newest first."""

    alerts: list[AlertInfo]


class AlertQuery(Query, frozen=True):
    """Which alerts: those that nobody has seen yet, or all."""

    open: bool = False
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class AlertResult(Struct, frozen=True):
    """An alert as it stands now."""

    alert: AlertInfo


class AlertEvent(Struct, frozen=True):
    """Something odd about somebody of the staff; told to supervisors, administrators and auditors."""

    alert: AlertInfo


PASSING: Final[dict[str, Any]] = {"approval": ApprovalEvent, "alert": AlertEvent}
"""The passing events of oversight, by name."""
