"""Whether a code that somebody gave proves who they are: used up as it is looked at, misses counted."""

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection

from chatserver.trust.agents import lock_agent
from chatserver.trust.factors import codes, store
from chatserver.trust.keys import derived_key

NONCE_BYTES: Final = 12


class Proof:
    """Knows the installation's key, under which secrets of authenticators are sealed and recovery codes digested."""

    def __init__(self, secret_key: str) -> None:
        self._cipher = AESGCM(derived_key(secret_key, "authenticator secrets"))
        self._recovery_key = derived_key(secret_key, "recovery codes")

    def seal(self, agent: str, secret: str) -> bytes:
        """The secret of an app as it is stored."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret.encode(), agent.encode())

    def holds(self, conn: Connection, agent: str, code: str, now: int) -> bool:
        """Whether a one-time or recovery code is right; right ones are used up, wrong ones counted."""
        lock_agent(conn, agent)
        if not store.may_try(conn, agent, now):
            return False
        given = codes.tidy(code)
        right = (
            self._one_time(conn, agent, given, now)
            if codes.is_one_time(given)
            else self._recovery(conn, agent, given, now)
        )
        if right:
            store.proved(conn, agent)
        else:
            store.missed(conn, agent, now)
        return right

    def confirms(self, conn: Connection, agent: str, code: str, now: int) -> bool:
        """Whether a code is the first one of the app that is being enrolled."""
        lock_agent(conn, agent)
        app = store.read_authenticator(conn, agent)
        if app is None or app.confirmed or not store.may_try(conn, agent, now):
            return False
        step = self._step(app, agent, codes.tidy(code), now)
        if step is None or not store.use_step(conn, agent, step, confirmed_at=now):
            store.missed(conn, agent, now)
            return False
        return True

    def new_recovery_codes(self, conn: Connection, agent: str) -> list[str]:
        """Ten new codes, told this once."""
        lock_agent(conn, agent)
        made = codes.new_recovery_codes()
        store.put_recovery_codes(conn, agent, [self._digest(agent, one) for one in made])
        return made

    def _one_time(self, conn: Connection, agent: str, code: str, now: int) -> bool:
        app = store.read_authenticator(conn, agent)
        if app is None or not app.confirmed:
            return False
        step = self._step(app, agent, code, now)
        return step is not None and store.use_step(conn, agent, step, confirmed_at=None)

    def _step(self, app: store.Authenticator, agent: str, code: str, now: int) -> int | None:
        try:
            secret = self._cipher.decrypt(app.secret[:NONCE_BYTES], app.secret[NONCE_BYTES:], agent.encode())
        except InvalidTag:
            return None  # sealed under another key, or for another account: nothing can be right
        return codes.matching_step(secret.decode(), code, now)

    def _recovery(self, conn: Connection, agent: str, code: str, now: int) -> bool:
        return store.use_recovery_code(conn, agent, self._digest(agent, code), now)

    def _digest(self, agent: str, code: str) -> bytes:
        return codes.recovery_digest(self._recovery_key, agent, code)
