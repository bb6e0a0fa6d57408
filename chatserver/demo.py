"""The demo: the product with a wallet page, demo agents of both tiers and demo users. Loopback only."""

import sys
from typing import Final

import msgspec
from aiohttp import web
from msgspec import Struct

from chatserver.app import App
from chatserver.core.audit import SYSTEM
from chatserver.core.errors import invalid
from chatserver.demo_desk import seed
from chatserver.settings import Settings
from chatserver.trust.agents import EmailTaken
from chatserver.trust.enrolment import Enrolment, Newcomer
from chatserver.trust.identity import mint_user_token
from chatserver.trust.keyring import shared_key
from chatserver.trust.passwords import Passwords

PASSWORD: Final = "tidepurse-demo"  # noqa: S105  (printed, loopback only)
TOKEN_TTL_S: Final = 300
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class DemoUser(Struct, frozen=True, omit_defaults=True):
    """A wallet user whom the demo page can be."""

    id: str
    name: str
    locale: str
    vip: bool = False


USERS: Final = (
    DemoUser("lin", "林晓芸", "zh-CN"),
    DemoUser("may", "阿May", "zh-CN"),
    DemoUser("zhou", "周凯", "zh-CN", vip=True),
    DemoUser("alex", "Alex Turner", "en"),
    DemoUser("dana", "Dana Whitfield", "en", vip=True),
)


def _agent(email: str, name: str, tier: int, skills: list[str], role: str = "agent") -> Newcomer:
    who = {"email": f"{email}@demo.tidepurse.example", "name": name, "tier": tier, "role": role}
    return msgspec.convert({**who, "skills": skills, "password": PASSWORD}, Newcomer)


AGENTS: Final = (
    _agent("zhou", "小周", 1, ["zh"]),
    _agent("amy", "Amy", 1, ["en"]),
    _agent("meng", "小孟", 1, []),
    _agent("chen", "陈工", 2, ["zh"]),
    _agent("grace", "Grace", 2, []),
    _agent("lead", "值班主管 Li", 1, [], "supervisor"),
)


COMPANY: Final = {
    "official_domains": "tidepurse.com,tidepurse.cn,tdps.link",
    "official_names": "Tidepurse,潮汐钱包,潮汐錢包",
    "official_emails": "support@tidepurse.com,complaints@tidepurse.com",
}
"""What the invented company owns, unless the settings name another."""


def with_a_company(settings: Settings) -> Settings:
    """The settings with the demo's company where none is named, so that links are judged."""
    if settings.official_domains:
        return settings
    return msgspec.structs.replace(settings, **COMPANY)


def check_loopback(settings: Settings) -> None:
    """The demo signs anybody in as a demo user, so it never leaves this machine."""
    if settings.host not in LOOPBACK:
        sys.exit(f"The demo serves on loopback only, not on {settings.host}. Use `chatserver serve`.")


async def announce(app: App, address: str) -> None:
    """Add what the demo adds; once the server is up, print how to get in."""
    if address == "before":
        await add_agents(app)
        await app.database.write(lambda conn: seed(conn, app.clock.now()))
        DemoPages(app).mount(app.web)
        return
    lines = [f"  wallet page   {address}/", f"  agent console {address}/console", ""]
    lines += [f"  {one.email:<32} tier {one.tier}  {one.role:<10} {one.name}" for one in AGENTS]
    sys.stdout.write("\n".join([*lines, f"  password for all: {PASSWORD}", ""]) + "\n")
    sys.stdout.flush()


async def add_agents(app: App) -> None:
    """Add the demo agents that are not there yet."""
    enrolment = Enrolment(app.database, app.clock, Passwords(), app.trail, app.settings.agent_capacity)
    for newcomer in AGENTS:
        try:
            await enrolment.enrol([newcomer], SYSTEM)
        except EmailTaken:
            continue


class DemoPages:
    """Plays the host app: signs identity tokens for the demo users."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._key = shared_key(app.keys.identity_secret)

    def mount(self, web_app: web.Application) -> None:
        """Add the demo's own routes."""
        web_app.router.add_get("/demo/users", self._users)
        web_app.router.add_get("/demo/session", self._session)

    async def _users(self, _: web.Request) -> web.Response:
        return _json({"users": USERS})

    async def _session(self, request: web.Request) -> web.Response:
        wanted = request.query.get("user", "")
        user = next((one for one in USERS if one.id == wanted), None)
        if user is None:
            raise invalid("user", "There is no such demo user.")
        now = self._app.clock.now()
        more = {"locale": user.locale, "vip": user.vip}
        token = mint_user_token(self._key, user.id, user.name, now=now, ttl_s=TOKEN_TTL_S, more=more)
        return _json({"token": token, "user": user})


def _json(body: object) -> web.Response:
    return web.Response(body=msgspec.json.encode(body), content_type="application/json")
