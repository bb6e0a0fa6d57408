"""Passkeys (WebAuthn): what is asked of a browser, and whether its answer holds. py_webauthn does the cryptography."""

import secrets
from typing import Any, Final

import msgspec
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from chatserver.trust.agents import Agent
from chatserver.trust.factors.store import Passkey

CHALLENGE_BYTES: Final = 32


class Party:
    """This installation as browsers know it. `host` is the domain of the page, `origin` all of its address."""

    def __init__(self, name: str) -> None:
        self._name = name

    def new_key_options(self, agent: Agent, known: list[Passkey], host: str) -> tuple[bytes, dict[str, Any]]:
        """A challenge and what the browser is asked to make a passkey."""
        challenge = secrets.token_bytes(CHALLENGE_BYTES)
        options = generate_registration_options(
            rp_id=host,
            rp_name=self._name,
            user_id=agent.id.encode(),
            user_name=agent.email,
            user_display_name=agent.name,
            challenge=challenge,
            exclude_credentials=[PublicKeyCredentialDescriptor(id=one.id) for one in known],
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
        )
        return challenge, msgspec.json.decode(options_to_json(options))

    def sign_options(self, host: str, known: list[Passkey] | None = None) -> tuple[bytes, dict[str, Any]]:
        """A challenge and what the browser is asked to sign it with; any passkey unless some are `known`."""
        challenge = secrets.token_bytes(CHALLENGE_BYTES)
        options = generate_authentication_options(
            rp_id=host,
            challenge=challenge,
            allow_credentials=[PublicKeyCredentialDescriptor(id=one.id) for one in known or []],
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return challenge, msgspec.json.decode(options_to_json(options))

    def made(
        self, credential: dict[str, Any], challenge: bytes, origin: str, host: str
    ) -> tuple[bytes, bytes, int] | None:
        """The id, public key and count of a new passkey, if the answer holds."""
        try:
            found = verify_registration_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=host,
                expected_origin=origin,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, KeyError, TypeError):
            return None
        return found.credential_id, found.credential_public_key, found.sign_count

    def signed(self, credential: dict[str, Any], challenge: bytes, origin: str, host: str, key: Passkey) -> int | None:
        """The count that a passkey signed with, if the answer holds."""
        try:
            found = verify_authentication_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=host,
                expected_origin=origin,
                credential_public_key=key.public_key,
                credential_current_sign_count=key.sign_count,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, KeyError, TypeError):
            return None
        return found.new_sign_count


def challenge_of(credential: dict[str, Any]) -> bytes | None:
    """The challenge that an answer says it answers; it proves nothing by itself."""
    try:
        told = msgspec.json.decode(base64url_to_bytes(credential["response"]["clientDataJSON"]))
        return base64url_to_bytes(told["challenge"])
    except (msgspec.MsgspecError, ValueError, KeyError, TypeError):
        return None


def id_of(credential: dict[str, Any]) -> bytes | None:
    """The passkey that an answer says it is from."""
    try:
        return base64url_to_bytes(credential["rawId"])
    except (ValueError, KeyError, TypeError):
        return None
