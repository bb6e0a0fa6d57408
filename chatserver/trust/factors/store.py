"""The SQL of second factors. Functions over a connection; whoever loses a race has not proved anything."""

import hashlib
from collections.abc import Sequence
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection, delete, func, insert, select, update

from chatserver.trust.factors.tables import authenticators, challenges, passkeys, proof_misses, recovery_codes, step_ups
from chatserver.trust.tables import agents

WINDOW_MS: Final = 300_000
MISSES_A_WINDOW: Final = 5
"""Wrong codes of an account within five minutes; whoever guesses six digits needs years."""

MISSES_IN_A_ROW: Final = 100
"""After so many without a right one the factor is shut, as NIST SP 800-63B asks; an administrator resets it."""


class Authenticator(Struct, frozen=True):
    """The app of an account: its sealed secret, whether its first code has come, and the last step used."""

    secret: bytes
    confirmed: bool
    last_step: int


class Passkey(Struct, frozen=True):
    """One passkey of an account."""

    id: bytes
    agent: str
    public_key: bytes
    sign_count: int
    name: str
    made_at: int
    used_at: int | None


def read_authenticator(conn: Connection, agent: str) -> Authenticator | None:
    """The app of an account, locked until the transaction ends."""
    row = conn.execute(select(authenticators).where(authenticators.c.agent_id == agent).with_for_update()).first()
    return None if row is None else Authenticator(bytes(row.secret), row.confirmed_at is not None, row.last_step)


def put_authenticator(conn: Connection, agent: str, secret: bytes, now: int) -> None:
    """Begin with a new app, in place of one that was never confirmed."""
    conn.execute(delete(authenticators).where(authenticators.c.agent_id == agent))
    conn.execute(insert(authenticators).values(agent_id=agent, secret=secret, made_at=now, last_step=0))


def use_step(conn: Connection, agent: str, step: int, confirmed_at: int | None) -> bool:
    """Use a step up; False when somebody else was faster, or it was used before."""
    unused = authenticators.c.agent_id == agent, authenticators.c.last_step < step
    change = {"last_step": step} | ({} if confirmed_at is None else {"confirmed_at": confirmed_at})
    return conn.execute(update(authenticators).where(*unused).values(**change)).rowcount == 1


def factors_of(conn: Connection, agent: str) -> tuple[bool, int]:
    """Whether an app is confirmed, and how many passkeys there are."""
    app = select(authenticators.c.agent_id).where(
        authenticators.c.agent_id == agent, authenticators.c.confirmed_at.is_not(None)
    )
    keys = select(func.count()).select_from(passkeys).where(passkeys.c.agent_id == agent)
    return conn.execute(app).first() is not None, conn.execute(keys).scalar_one()


def has_factor(conn: Connection, agent: str) -> bool:
    """Whether a password alone is not enough for an account."""
    app, keys = factors_of(conn, agent)
    return app or keys > 0


def is_bare(conn: Connection, agent: str) -> bool:
    """Whether a password alone opens an account."""
    by_password = agents.c.id == agent, agents.c.password.is_not(None)
    return conn.execute(select(agents.c.id).where(*by_password)).first() is not None and not has_factor(conn, agent)


def remove_authenticator(conn: Connection, agent: str) -> bool:
    """Take the app away; False when there was none."""
    return conn.execute(delete(authenticators).where(authenticators.c.agent_id == agent)).rowcount > 0


def remove_all(conn: Connection, agent: str) -> None:
    """Take every factor of an account away, with its misses: for somebody who has lost the phone."""
    for table in (authenticators, recovery_codes, passkeys, proof_misses):
        conn.execute(delete(table).where(table.c.agent_id == agent))


# Recovery codes


def put_recovery_codes(conn: Connection, agent: str, digests: Sequence[bytes]) -> None:
    """New codes in place of all earlier ones."""
    conn.execute(delete(recovery_codes).where(recovery_codes.c.agent_id == agent))
    conn.execute(insert(recovery_codes), [{"digest": digest, "agent_id": agent} for digest in digests])


def use_recovery_code(conn: Connection, agent: str, digest: bytes, now: int) -> bool:
    """Use a code up; False when it is none or was used before."""
    unused = recovery_codes.c.digest == digest, recovery_codes.c.agent_id == agent, recovery_codes.c.used_at.is_(None)
    return conn.execute(update(recovery_codes).where(*unused).values(used_at=now)).rowcount == 1


def recovery_codes_left(conn: Connection, agent: str) -> int:
    """How many have not been used."""
    left = recovery_codes.c.agent_id == agent, recovery_codes.c.used_at.is_(None)
    return conn.execute(select(func.count()).select_from(recovery_codes).where(*left)).scalar_one()


# Misses


def may_try(conn: Connection, agent: str, now: int) -> bool:
    """Whether another code of this account would be looked at."""
    row = conn.execute(select(proof_misses).where(proof_misses.c.agent_id == agent).with_for_update()).first()
    if row is None:
        return True
    is_shut = row.in_a_row >= MISSES_IN_A_ROW
    return not is_shut and not (row.in_window >= MISSES_A_WINDOW and now < row.window_at + WINDOW_MS)


def missed(conn: Connection, agent: str, now: int) -> None:
    """Count a wrong code."""
    row = conn.execute(select(proof_misses).where(proof_misses.c.agent_id == agent)).first()
    if row is None:
        conn.execute(insert(proof_misses).values(agent_id=agent, in_a_row=1, window_at=now, in_window=1))
        return
    inside = now < row.window_at + WINDOW_MS
    change = {
        "in_a_row": row.in_a_row + 1,
        "window_at": row.window_at if inside else now,
        "in_window": row.in_window + 1 if inside else 1,
    }
    conn.execute(update(proof_misses).where(proof_misses.c.agent_id == agent).values(**change))


def proved(conn: Connection, agent: str) -> None:
    """Forget the misses of somebody who then knew."""
    conn.execute(delete(proof_misses).where(proof_misses.c.agent_id == agent))


# Passkeys


def add_passkey(conn: Connection, key: Passkey) -> None:
    """Keep a new passkey."""
    fields = {"public_key": key.public_key, "sign_count": key.sign_count, "name": key.name, "made_at": key.made_at}
    conn.execute(insert(passkeys).values(id=key.id, agent_id=key.agent, **fields))


def passkeys_of(conn: Connection, agent: str) -> list[Passkey]:
    """The passkeys of an account, oldest first."""
    query = select(passkeys).where(passkeys.c.agent_id == agent).order_by(passkeys.c.made_at)
    return [Passkey(bytes(r.id), r.agent_id, bytes(r.public_key), r.sign_count, r.name, r.made_at, r.used_at)
            for r in conn.execute(query)]  # fmt: skip


def read_passkey(conn: Connection, key: bytes) -> Passkey | None:
    """A passkey by its id, locked until the transaction ends."""
    r = conn.execute(select(passkeys).where(passkeys.c.id == key).with_for_update()).first()
    if r is None:
        return None
    return Passkey(bytes(r.id), r.agent_id, bytes(r.public_key), r.sign_count, r.name, r.made_at, r.used_at)


def passkey_used(conn: Connection, key: bytes, sign_count: int, now: int) -> None:
    """Remember the count that it signed with, which shows a copy of it the next time."""
    conn.execute(update(passkeys).where(passkeys.c.id == key).values(sign_count=sign_count, used_at=now))


def remove_passkey(conn: Connection, agent: str, key: bytes) -> bool:
    """Take one of an account's passkeys away; False when it has no such."""
    return conn.execute(delete(passkeys).where(passkeys.c.id == key, passkeys.c.agent_id == agent)).rowcount > 0


# Challenges


def ask(  # noqa: PLR0913  (named)
    conn: Connection, secret: bytes, purpose: str, now: int, *, ttl_ms: int, agent: str = "", kept: bytes = b""
) -> None:
    """Keep what may be answered once, until it expires; expired ones go."""
    conn.execute(delete(challenges).where(challenges.c.expires_at <= now))
    row = {"digest": _digest(secret), "purpose": purpose, "agent_id": agent, "kept": kept, "expires_at": now + ttl_ms}
    conn.execute(insert(challenges).values(**row))


def answered(conn: Connection, secret: bytes, purpose: str, now: int) -> tuple[str, bytes] | None:
    """Use a challenge up and return whose it is and what was kept with it; None when it is good for nothing."""
    mine = challenges.c.digest == _digest(secret), challenges.c.purpose == purpose, challenges.c.expires_at > now
    row = conn.execute(select(challenges.c.agent_id, challenges.c.kept).where(*mine)).first()
    used = conn.execute(delete(challenges).where(*mine)).rowcount
    return (row.agent_id, bytes(row.kept)) if row is not None and used == 1 else None


def _digest(secret: bytes) -> bytes:
    return hashlib.blake2b(secret, digest_size=32).digest()


# Step-up


def step_up(conn: Connection, family: str, action: str, until: int, now: int) -> None:
    """Let a sign-in do one action until then."""
    conn.execute(delete(step_ups).where(step_ups.c.until <= now))
    conn.execute(delete(step_ups).where(step_ups.c.family == family, step_ups.c.action == action))
    conn.execute(insert(step_ups).values(family=family, action=action, until=until))


def is_stepped_up(conn: Connection, family: str, action: str, now: int) -> bool:
    """Whether a sign-in was proved again for this action a moment ago."""
    mine = step_ups.c.family == family, step_ups.c.action == action, step_ups.c.until > now
    return conn.execute(select(step_ups.c.until).where(*mine)).first() is not None
