"""S: tokens that end, accounts that are shut, pages that may not connect, conversations of others."""

import asyncio
import contextlib
import time

import aiohttp

from chatserver.client import ChatError, LinkLost
from chatserver.conversation.messages import CloseConversation, MarkRead, SendMessage, Sync, Typing
from chatserver.core.commands import Command
from chatserver.core.ports import SystemClock
from chatserver.trust.agents import disable_agent
from tests.faults.case import Case
from tests.faults.catalogue import fault
from tests.faults.people import Clerk
from tests.faults.processes import Server
from tests.faults.raw import Raw, raw_as, raw_user


@fault("S01", "somebody else's conversation", calm=True)
async def foreign_ids(case: Case) -> None:
    """A foreign id and an unknown id are answered alike, over sockets and HTTP."""
    async with case.people(1, 0) as crowd:
        user = crowd.customers[0]
        await user.start()
        async with raw_user(case.place, "stranger", case.place.urls) as raw:
            for body in _commands(user.conversation):
                known, unknown = await _refusal(raw, body), await _refusal(raw, _renamed(body))
                case.check(
                    known == unknown and known[0] == "not_found", f"{type(body).__name__}: {known} and {unknown}"
                )
        token = case.place.user_token("stranger")
        for path in ("", "/transcript?format=json", "/transcript?format=txt"):
            answers = [await _get(case, token, name + path) for name in (user.conversation, "c_unknown")]
            case.check(answers[0] == answers[1] and answers[0][0] == 404, f"{path or '/'}: {answers}")


def _commands(conversation: str) -> list[Command]:
    return [
        Sync(conversation=conversation, after=0),
        SendMessage(conversation=conversation, key="k", text="t"),
        MarkRead(conversation=conversation, seq=1),
        Typing(conversation=conversation, on=True),
        CloseConversation(conversation=conversation),
    ]


def _renamed(body: Command) -> Command:
    import msgspec

    return msgspec.structs.replace(body, conversation="c_unknown")


async def _refusal(raw: Raw, body: Command) -> tuple[str, str]:
    try:
        await raw.ask(body)
    except ChatError as refusal:
        return refusal.code, str(refusal)
    return "ok", ""


async def _get(case: Case, token: str, path: str) -> tuple[int, str]:
    url = f"{case.place.urls[0]}/api/v1/conversations/{path}"
    async with case.place.http.get(url, headers={"Authorization": f"Bearer {token}"}) as answer:
        return answer.status, await answer.text()


@fault("S03", "token ends while connected", quick=False)
async def expiry(case: Case) -> None:
    """Warned in time, closed after the end unless renewed; nothing is taken afterwards."""
    async with raw_user(case.place, "short", case.place.urls, ttl_s=3) as raw:
        began = time.monotonic()
        case.check(await raw.lost(40), "the socket outlived its token by more than 30 s")
        lived = time.monotonic() - began
        case.check(any(one.name == "auth_expiring" for one in raw.events), "nobody warned")
        case.check(30 <= lived <= 36, f"closed after {lived:.0f} s with a token of 3 s and 30 s of grace")


@fault("S04", "agent shut out on every process")
async def revoked(case: Case) -> None:
    """Sockets closed and HTTP refused within 5 s, with Redis and without; the chats go back to the queue."""
    for redis_up in (True, False):
        async with case.people(1, 1) as crowd:
            user, clerk = crowd.customers[0], crowd.clerks[0]
            await user.start()
            await user.served()
            if not redis_up:
                await case.place.redis.kill()
            await _shut_out(case, clerk)
            await case.place.redis.start() if not redis_up else None
            second = await crowd.clerk()
            await second.set("available")
            gone_s = case.place.clock_s("AGENT_GONE_S")
            left = user.until(lambda user=user: "agent_left" in user.kinds(user.conversation), gone_s + 10)
            await case.finished(left, gone_s + 6, "the chat is back in the queue")
            await case.finished(user.served(), 10, "another agent serves")
            crowd.clerks.remove(clerk)


async def _shut_out(case: Case, clerk: Clerk) -> None:
    token = case.place.agent_token(clerk.account)
    auth = {"as": "agent", "token": token}
    async with (
        raw_as(case.place, auth, case.place.urls[0]) as one,
        raw_as(case.place, auth, case.place.urls[-1]) as two,
    ):
        email, now = clerk.account.email, SystemClock().now()
        await case.place.database.write(lambda conn: disable_agent(conn, email, now))
        began = time.monotonic()
        gone = await asyncio.gather(one.lost(8), two.lost(8))
        case.recovery_s = max(case.recovery_s, time.monotonic() - began)
        case.check(all(gone) and time.monotonic() - began <= 5.5, "a disabled agent's socket lived on")
    status, _ = await _get(case, token, "c_unknown")
    case.check(status == 401, f"a disabled agent was answered {status}")


ORIGINS = (
    *(
        "null",
        "https://evil.example",
        "https://127.0.0.1",
        "http://127.0.0.1.",
        "http://127.0.0.1:1",
        "http://LOCALHOST:1",
    ),
    *("http://sub.localhost", "file://", "http://127.0.0.1:%s.evil.example", "*", ""),
)


@fault("S08", "pages of other origins")
async def origins(case: Case) -> None:
    """A present Origin matches exactly or is refused; a missing one passes."""
    server = case.place.servers[0]
    for origin in ORIGINS:
        headers = {"Origin": origin.replace("%s", str(server.port))}
        case.check(not await _connects(case, headers), f"a page of {origin!r} may connect")
    case.check(await _connects(case, {}), "a client without Origin may not connect")
    case.check(await _connects(case, {"Origin": server.url}), "a page of the server's own may not connect")
    everybody = Server(
        "open", {**case.place.settings, "CHATSERVER_ALLOWED_ORIGINS": "*"}, case.place.folder / "open.log"
    )
    everybody.spawn()
    try:
        case.check(await everybody.ended() != 0, "a server that lets every page in has ended well")
    except TimeoutError:
        case.check(False, "a server that lets every page in has started")
        await everybody.kill()


async def _connects(case: Case, headers: dict[str, str]) -> bool:
    url = f"{case.place.urls[0]}/socket.io/?EIO=4&transport=websocket"
    with contextlib.suppress(aiohttp.ClientError, LinkLost):
        async with case.place.http.ws_connect(url, headers=headers):
            return True
    return False
