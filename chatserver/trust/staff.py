"""Those who come with an access token, checked against their account as it is now."""

from collections.abc import Iterable
from functools import partial
from typing import Final

from msgspec import UNSET, Struct
from sqlalchemy import Connection

from chatserver.core.ports import Clock, Database
from chatserver.core.session import STAFF, Role
from chatserver.trust.agents import Agent, enabled_among, read_agent
from chatserver.trust.factors.store import is_bare
from chatserver.trust.jws import TokenRefused, Unverified
from chatserver.trust.tokens import AccessClaims, AccessTokens, is_family_live, live_families

FRESH_MS: Final = 2_000
"""How long an account that was read is believed; `agent disable` must be felt within 5 s."""

REMEMBERED: Final = 10_000
"""Sign-ins whose account is remembered; far more than are active within two seconds."""

IDS_A_QUERY: Final = 500
"""Well below the bound parameters that any database takes."""

_PREFIX: Final = "agent:"


class _Seen(Struct, frozen=True):
    at: int
    agent: Agent | None
    bare: bool = False


def roles_of(setting: str) -> frozenset[Role]:
    """The roles that `second_factor_for` names."""
    names = {one.strip() for one in setting.split(",")} - {""}
    return STAFF if "all" in names else frozenset(map(Role, names))


class Staff:
    """Knows who of the staff may still come in."""

    def __init__(
        self, database: Database, clock: Clock, tokens: AccessTokens, two_factors: frozenset[Role] = frozenset()
    ) -> None:
        self._database = database
        self._clock = clock
        self._tokens = tokens
        self._two_factors = two_factors
        self._seen: dict[tuple[str, str | None], _Seen] = {}

    async def of_token(self, token: Unverified) -> tuple[Agent, AccessClaims, bool]:
        """The account of an access token, what the token says, and whether it lacks the second factor of its role.

        Raises `TokenRefused`. Tokens that an operator made by command belong to no sign-in and need no factor.
        """
        claims = self._tokens.read(token)
        seen = await self._current(claims)
        agent = seen.agent
        if agent is None or agent.disabled or agent.token_generation != claims.gen:
            raise TokenRefused("it has been revoked")
        return agent, claims, seen.bare and claims.fam is not UNSET

    async def revoked(self, identities: Iterable[str]) -> set[str]:
        """Those of the identities (`agent:ID`) whose account is disabled or gone.

        To be asked every two seconds or so with those who are connected; their next request is
        refused at once, too. Identities that are not of staff are never among the answer.
        """
        asked = [one.removeprefix(_PREFIX) for one in identities if one.startswith(_PREFIX)]
        enabled: set[str] = set()
        for start in range(0, len(asked), IDS_A_QUERY):
            some = asked[start : start + IDS_A_QUERY]
            enabled |= await self._database.read(partial(enabled_among, ids=some))
        gone = set(asked) - enabled
        self._seen = {key: seen for key, seen in self._seen.items() if key[0] not in gone}
        return {_PREFIX + one for one in gone}

    async def signed_out(self, families: Iterable[str]) -> set[str]:
        """Those of the sign-ins that have ended: somebody signed out, or a refresh token was used twice."""
        asked = list(dict.fromkeys(families))
        live: set[str] = set()
        for start in range(0, len(asked), IDS_A_QUERY):
            read = partial(live_families, families=asked[start : start + IDS_A_QUERY], now=self._clock.now())
            live |= await self._database.read(read)
        return set(asked) - live

    async def _current(self, claims: AccessClaims) -> _Seen:
        family = None if claims.fam is UNSET else claims.fam
        key, now = (claims.sub, family), self._clock.now()
        seen = self._seen.get(key)
        if seen is not None and 0 <= now - seen.at < FRESH_MS:
            return seen
        fresh = await self._database.read(lambda conn: self._look(conn, claims.sub, family, now))
        if len(self._seen) >= REMEMBERED:
            self._seen.clear()
        if not fresh.bare:  # who sets a factor up goes on at once
            self._seen[key] = fresh
        return fresh

    def _look(self, conn: Connection, subject: str, family: str | None, now: int) -> _Seen:
        agent = _signed_in(conn, subject, family, now)
        bare = agent is not None and agent.role in self._two_factors and is_bare(conn, agent.id)
        return _Seen(now, agent, bare)


def _signed_in(conn: Connection, agent: str, family: str | None, now: int) -> Agent | None:
    if family is not None and not is_family_live(conn, family, now):
        return None
    return read_agent(conn, agent)
