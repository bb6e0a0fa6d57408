"""People of an installation on this machine: its keys and accounts, or the demo's printed ones."""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp

from chatserver.client import ChatError
from chatserver.core.ports import SystemClock
from chatserver.core.session import Role
from chatserver.demo import AGENTS, PASSWORD
from chatserver.loadtest.options import AgentLogin, AuthSource
from chatserver.loadtest.people import SignedIn, with_token
from chatserver.operations import storage
from chatserver.settings import Settings
from chatserver.trust.agents import enabled_agents
from chatserver.trust.identity import mint_user_token
from chatserver.trust.keyring import shared_key
from chatserver.trust.keys import KEY_FILES, load_keys
from chatserver.trust.tokens import AccessTokens

TOKEN_TTL_S: Final = 3_600
"""The longest life of a token that an operator may make."""

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


def keys_are_here(settings: Settings) -> bool:
    """Whether the secrets of an installation are known, so that looking for them makes none."""
    given = settings.secret_key and settings.identity_secret
    return bool(given) or all((settings.data_dir / name).is_file() for name in KEY_FILES)


def signed_users(settings: Settings) -> Callable[[str, str, str], AuthSource]:
    """Users signed as the host app would; only where `keys_are_here`."""
    key = shared_key(load_keys(settings).identity_secret)

    def user(number: str, name: str, locale: str) -> AuthSource:
        def auth() -> dict[str, Any]:
            now = SystemClock().now()
            token = mint_user_token(key, number, name, now=now, ttl_s=TOKEN_TTL_S, more={"locale": locale})
            return {"as": "user", "token": token}

        return auth

    return user


async def own_agents(settings: Settings) -> list[AuthSource]:
    """Agents of the installation, with tokens as an operator would make them; only where `keys_are_here`."""
    if not settings.database_url and not (settings.data_dir / "chatserver.db").is_file():
        return []
    minting = AccessTokens(load_keys(settings).secret_key, SystemClock(), TOKEN_TTL_S, settings.refresh_ttl_s)
    async with storage(settings) as database:
        agents = await database.read(enabled_agents)
    return [with_token(minting.mint(agent)) for agent in agents if agent.role is Role.AGENT]


async def demo_agents(url: str, http: aiohttp.ClientSession) -> list[AuthSource]:
    """The agents of a demo on this machine; none if there is no demo."""
    if urlsplit(url).hostname not in LOOPBACK:
        return []
    agents = [SignedIn(url, AgentLogin(one.email, PASSWORD), http) for one in AGENTS if one.role == "agent"]
    try:
        await agents[0]()
    except (ChatError, OSError, aiohttp.ClientError):
        return []
    return list(agents)
