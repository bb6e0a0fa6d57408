"""One-time codes (RFC 6238) and recovery codes: made, shown, recognised. No SQL."""

import hashlib
import hmac
import secrets
from typing import Final

import pyotp
import segno

STEP_S: Final = 30
"""A code is good for its step of half a minute, and for one step before and after: phones' clocks are off."""

STEPS_AROUND: Final = 1

RECOVERY_CODES: Final = 10
RECOVERY_ALPHABET: Final = "23456789abcdefghjkmnpqrstuvwxyz"
"""No letter that looks like a digit: people type these from paper."""

RECOVERY_LENGTH: Final = 10
"""31^10 is about 2^49: nobody guesses that in five tries every five minutes."""


def new_secret() -> str:
    """160 random bits in base 32, as authenticator apps take them."""
    return pyotp.random_base32()


def otpauth_uri(secret: str, account: str, issuer: str) -> str:
    """What the picture says to the app."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def picture_of(uri: str) -> list[str]:
    """The QR code as rows of `0` and `1`, without the quiet zone around it."""
    return ["".join(str(cell) for cell in row) for row in segno.make(uri, error="m", micro=False).matrix]


def step_of(now: int) -> int:
    """The number of the half minute of an instant in milliseconds."""
    return now // (STEP_S * 1_000)


def code_at(secret: str, step: int) -> str:
    """The six digits of a step."""
    return pyotp.TOTP(secret).at(step * STEP_S)


def matching_step(secret: str, code: str, now: int) -> int | None:
    """The step that a code belongs to, among those that count now."""
    present = step_of(now)
    for step in range(present - STEPS_AROUND, present + STEPS_AROUND + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode()):
            return step
    return None


def is_one_time(code: str) -> bool:
    """Whether a code has the form that an app shows, rather than that of a recovery code."""
    return len(code) == 6 and code.isascii() and code.isdigit()


def new_recovery_codes() -> list[str]:
    """Ten codes to keep on paper: `xxxxx-xxxxx`."""
    return [_recovery_code() for _ in range(RECOVERY_CODES)]


def _recovery_code() -> str:
    letters = "".join(secrets.choice(RECOVERY_ALPHABET) for _ in range(RECOVERY_LENGTH))
    return f"{letters[:5]}-{letters[5:]}"


def recovery_digest(key: bytes, agent: str, code: str) -> bytes:
    """What is stored of a recovery code; `key` makes the table useless without the installation's secret."""
    plain = "".join(one for one in code.lower() if one.isalnum())
    return hashlib.blake2b(f"{agent}\n{plain}".encode(), key=key, digest_size=32).digest()


def tidy(code: str) -> str:
    """A code as people type it, without the spaces that apps show in the middle."""
    return code.strip().replace(" ", "")
