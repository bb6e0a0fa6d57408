"""What is said at the door: signing in, connecting, renewing."""

from typing import Annotated, Final, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from chatserver.core.commands import Command

PROTOCOL: Final = 1
"""The version of the contract that this server speaks."""

Credential = Annotated[str, Meta(min_length=1, max_length=256)]


class ConnectAuth(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What CONNECT carries: who one is, and how that is proved.

    A user comes with a `token` signed by the host app, with the `visitor` key of an earlier
    `welcome`, or with neither as a new visitor; staff come with the access token from sign-in.
    """

    as_: Literal["user", "agent"] = field(name="as")
    token: str | UnsetType = UNSET
    visitor: str | UnsetType = UNSET
    locale: Annotated[str, Meta(max_length=64)] | UnsetType = UNSET
    protocol: int | UnsetType = UNSET


class Renew(Command, frozen=True):
    """Go on with this connection on a newer token of the same person."""

    token: str


class Renewed(Struct, frozen=True):
    """The connection is good for this many seconds more."""

    expires_in: int


class SignIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sign in by password; `code` once a second factor is enrolled."""

    email: Annotated[str, Meta(min_length=1, max_length=254)]
    password: Annotated[str, Meta(min_length=1, max_length=1_024)]
    code: Annotated[str, Meta(min_length=1, max_length=64)] | UnsetType = UNSET


class Refresh(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Exchange a refresh token, once, for new tokens."""

    refresh_token: Credential


class SignOut(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """End the sign-in that this refresh token belongs to, with all of its tokens."""

    refresh_token: Credential


class Profile(Struct, frozen=True):
    """One's own account; `must_enrol`: nothing else can be done before a second factor is set up."""

    id: str
    name: str
    email: str
    role: Literal["agent", "supervisor", "admin", "auditor"]
    tier: int
    skills: list[str]
    must_enrol: bool = False


class SignedIn(Struct, frozen=True):
    """The tokens of a sign-in; `expires_in` is the access token's life in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int
    agent: Profile


class SignedOut(Struct, frozen=True):
    """The sign-in has ended."""
