"""What is said about users: masked profiles, reveals."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from chatserver.core.text import Id, Reason

FieldName = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=80,
        description="`name`, `email`, `phone`, `wallet` or `attribute.NAME`.",
        examples=["email"],
    ),
]


class ProfileField(Struct, frozen=True):
    """A field of a profile: masked, or in clear until an instant (milliseconds since 1970)."""

    field: str
    value: str
    masked: bool
    until: int | UnsetType = UNSET


class Watermark(Struct, frozen=True):
    """What a screen that shows somebody's data bears all over: who looks, and when."""

    text: str
    agent: str
    at: int


class UserProfile(Struct, frozen=True):
    """A user as staff see them; `verified` says that the host app has signed who it is."""

    id: str
    kind: Literal["signed", "visitor"]
    verified: bool
    locale: str
    vip: bool
    since: int
    fields: list[ProfileField]


class UserProfileResult(Struct, frozen=True):
    """A profile, and what the screen that shows it bears."""

    user: UserProfile
    watermark: Watermark


class RevealField(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Show one field in clear for ten minutes; `conversation` is the one that needs it, `reason` says why."""

    field: FieldName
    reason: Reason
    conversation: Id


class Revealed(Struct, frozen=True):
    """A field in clear, until when it is so, and what the screen bears."""

    field: str
    value: str
    until: int
    watermark: Watermark


class UnmaskUser(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Show all fields in clear for ten minutes; `approval` is one of kind `unmask_user` for this user."""

    approval: Id
