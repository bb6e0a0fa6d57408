"""What is said about second factors, passkeys, sign-ins and fresh proofs."""

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from chatserver.core.text import Label
from chatserver.trust.messages import Credential

Code = Annotated[str, Meta(min_length=1, max_length=64, description="Six digits of the app, or a recovery code.")]
Password = Annotated[str, Meta(min_length=1, max_length=1_024)]
WebAuthnJson = Annotated[dict[str, Any], Meta(description="As the browser's WebAuthn API takes and gives it, in JSON.")]


class Passkey(Struct, frozen=True, omit_defaults=True):
    """One passkey of one's own; instants are milliseconds since 1970."""

    id: str
    name: str
    made_at: int
    used_at: int | UnsetType = UNSET


class SignInShown(Struct, frozen=True):
    """One sign-in: since when, from where, when last renewed; `current` is the one that asks."""

    id: str
    started_at: int
    seen_at: int
    expires_at: int
    device: str
    address: str
    current: bool


class Security(Struct, frozen=True):
    """How one's own account is protected, and where it is signed in."""

    authenticator: bool
    recovery_codes_left: int
    passkeys: list[Passkey]
    sign_ins: list[SignInShown]


class SignIns(Struct, frozen=True):
    """The sign-ins of an account that have not ended, newest first."""

    sign_ins: list[SignInShown]


class Enrolling(Struct, frozen=True):
    """What an authenticator app needs: the secret to type, the link, and its picture as rows of `0` and `1`."""

    secret: str
    uri: str
    picture: list[str]


class ConfirmCode(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The first code that the app shows."""

    code: Code


class Enrolled(Struct, frozen=True):
    """Recovery codes, told this once; empty when there are some already."""

    recovery_codes: list[str]


class Asked(Struct, frozen=True):
    """What to hand to the browser: `publicKey` of `navigator.credentials`."""

    options: WebAuthnJson


class NewPasskey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A passkey that the browser made, and what its owner calls it."""

    name: Label
    credential: WebAuthnJson


class PasskeySignIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sign in by passkey, which proves the person by itself."""

    credential: WebAuthnJson


class StepUp(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Prove oneself again for one action: by code, by passkey, or by password where there is no second factor."""

    action: Annotated[
        str, Meta(pattern=r"^[a-z_]{1,64}\Z", description="As the refusal's field names it after `step_up.`.")
    ]
    code: Code | UnsetType = UNSET
    password: Password | UnsetType = UNSET
    credential: WebAuthnJson | UnsetType = UNSET


class SteppedUp(Struct, frozen=True):
    """The action may be done for this many seconds."""

    expires_in: int


class OidcBegin(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Begin to sign in at the company's provider; `verifier_digest` is base64url(SHA-256(verifier)) without padding."""

    verifier_digest: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{43}\Z")]


class OidcBegun(Struct, frozen=True):
    """Where to send the browser."""

    url: str


class OidcFinish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The ticket from the page's address, and the verifier that never left the page."""

    ticket: Credential
    verifier: Credential


class SignInWays(Struct, frozen=True):
    """How one may sign in here; `provider` names the company's own, if it is set up."""

    password: bool
    passkey: bool
    provider: str | None
