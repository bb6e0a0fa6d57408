"""S: tokens that are forged, replayed or somebody else's, and events that are nobody else's business."""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import time
from contextlib import AsyncExitStack
from typing import Any, Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from jwt.algorithms import ECAlgorithm

from chatserver.client import ChatError, LinkLost, wire
from tests.faults.case import Case
from tests.faults.catalogue import fault
from tests.faults.place import CANARY
from tests.faults.raw import Raw, raw_as, raw_socket, raw_user
from tests.trust_house import PASSWORD

OWN: Final = frozenset({"welcome", "heads", "queue_position", "reconnect_soon", "auth_expiring"})
"""What a socket hears of its own affairs."""

MOST_SOCKETS: Final = 5
"""Sockets of one user at a time, over all processes."""

REFUSED_WITHIN_S: Final = 0.25
"""From sending a bad token to its refusal on a busy machine; the processor time of each is judged beside it."""

REFUSAL_CPU_S: Final = 0.005


async def _listen(raw: Raw) -> None:
    with contextlib.suppress(LinkLost, wire.WireError):
        while True:
            await raw.next()


@fault("S02", "events that are nobody else's business")
async def leaks(case: Case) -> None:
    """While some talk, users with conversations of their own, silent sockets and refused ones hear nothing of it."""
    async with case.load(4, 2) as crowd, AsyncExitStack() as stack:
        names = {one.conversation for one in crowd.customers}
        bystanders = [await crowd.customer() for _ in range(case.times(6, 20))]
        await asyncio.gather(*(one.start() for one in bystanders))
        raws = await _silent_sockets(case, stack)
        listening = [asyncio.create_task(_listen(one)) for one in raws]
        await asyncio.sleep(case.times(3, 20))
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)
        told = {event.name for one in raws for event in one.events if event.name not in OWN}
        case.check(not told, f"sockets that have nothing to do with it heard {sorted(told)}")
        bodies = [bytes(event.body).decode() for one in raws for event in one.events]
        case.check(not any(name in body for name in names for body in bodies), "a foreign conversation was named")
        for one in bystanders:
            passing = [event for event in one.heard if event.conversation in names]
            case.check(not passing and not any(map(one.page, names)), f"{one.name} heard of a foreign conversation")


async def _silent_sockets(case: Case, stack: AsyncExitStack) -> list[Raw]:
    """Sockets without CONNECT, refused ones, and those of users without a conversation, on all processes."""
    raws: list[Raw] = []
    for number in range(case.times(10, 20)):
        url = case.place.urls[number % len(case.place.urls)]
        silent, refused = [await stack.enter_async_context(raw_socket(case.place, url)) for _ in range(2)]
        with contextlib.suppress(ChatError, LinkLost, wire.WireError):
            await refused.link.sign_in({"as": "user", "token": "no.such.token"})
        signed = await stack.enter_async_context(raw_user(case.place, f"bystander-{number}", [url]))
        raws += [silent, refused, signed]
    return raws


@fault("S05", "tokens used again")
async def replays(case: Case) -> None:
    """One token opens at most five sockets, whatever processes they are on; after signing out none; a refresh token
    works once, and a second use ends the sign-in.
    """
    place = case.place
    async with case.people(0, 0), AsyncExitStack() as stack:
        token = {"as": "user", "token": place.user_token("replayer")}
        raws = []
        for number in range(2 * MOST_SOCKETS):
            url = place.urls[number % len(place.urls)]
            raws.append(await stack.enter_async_context(raw_as(place, token, url)))
        listening = [asyncio.create_task(_listen(one)) for one in raws]

        async def as_many_as_may() -> bool:
            return sum(not one.done() for one in listening) <= MOST_SOCKETS

        await case.within(5, as_many_as_may, "sockets too many are closed")
        open_ = [not one.done() for one in listening]
        case.check(sum(open_) == MOST_SOCKETS, f"one token keeps {sum(open_)} sockets open")
        case.check(all(open_[MOST_SOCKETS:]), "the newest sockets were closed, not the oldest")
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)
        await _refresh_tokens(case)


async def _refresh_tokens(case: Case) -> None:
    account = await case.place.account("replay-agent-" + case.place.desk)
    first = await _post(case, "sign-in", {"email": account.email, "password": PASSWORD})
    second = await _post(case, "refresh", {"refresh_token": first["refresh_token"]})
    case.check(await _me(case, second["access_token"]) == 200, "a renewed token does not work")
    case.check(not await _post(case, "refresh", {"refresh_token": first["refresh_token"]}), "a used one worked again")
    case.check(not await _post(case, "refresh", {"refresh_token": second["refresh_token"]}), "the family lives on")
    await case.within(5, lambda: _is_out(case, second["access_token"]), "tokens of an ended family are refused")
    third = await _post(case, "sign-in", {"email": account.email, "password": PASSWORD})
    async with raw_as(case.place, {"as": "agent", "token": third["access_token"]}, case.place.urls[-1]) as raw:
        await _post(case, "sign-out", {"refresh_token": third["refresh_token"]})
        case.check(await raw.lost(5), "a socket outlived the sign-out by 5 s")
        await case.within(5, lambda: _is_out(case, third["access_token"]), "a token is refused after signing out")
    code = await _refused(case, {"as": "agent", "token": third["access_token"]})
    case.check(code == "unauthenticated", f"a token of an ended sign-in was answered {code}")


async def _is_out(case: Case, token: str) -> bool:
    return await _me(case, token) == 401


async def _post(case: Case, path: str, body: dict[str, str]) -> dict[str, Any]:
    """The answer, empty when it was refused."""
    async with case.place.http.post(f"{case.place.urls[0]}/api/v1/{path}", json=body) as answer:
        return dict(await answer.json()) if answer.status == 200 else {}


async def _me(case: Case, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    async with case.place.http.get(f"{case.place.urls[-1]}/api/v1/me", headers=headers) as answer:
        return answer.status


async def _refused(case: Case, auth: Any) -> str:
    """The code with which a CONNECT is refused, `ok` when it is not."""
    try:
        async with raw_as(case.place, auth, case.place.urls[0]):
            return "ok"
    except ChatError as refusal:
        return refusal.code
    except LinkLost:
        return "closed"


# --- forged tokens ---

PRIVATE: Final = generate_private_key(SECP256R1())
JWK: Final = {**ECAlgorithm.to_jwk(PRIVATE.public_key(), as_dict=True), "kid": "host", "alg": "ES256"}
PEM: Final = PRIVATE.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)


def _b64(data: bytes | str | dict[str, Any]) -> str:
    if isinstance(data, dict):
        data = json.dumps(data)
    return base64.urlsafe_b64encode(data.encode() if isinstance(data, str) else data).rstrip(b"=").decode()


def _hs256(key: bytes | str, header: Any, claims: Any) -> str:
    signed = f"{_b64(header)}.{_b64(claims)}"
    key = key.encode() if isinstance(key, str) else key
    return f"{signed}.{_b64(hmac.digest(key, signed.encode(), hashlib.sha256))}"


def _forgeries(secret: str) -> dict[str, str]:
    """Tokens by what is wrong with them; each claims to be somebody."""
    now = int(time.time())
    good = {"sub": "victim", "aud": "chatserver", "iat": now, "exp": now + 300}
    jwt = {"alg": "HS256", "typ": "JWT"}
    found = {f"alg {alg}": f"{_b64({**jwt, 'alg': alg})}.{_b64(good)}." for alg in ("none", "None", "nOnE", "")}
    found |= {f"alg {alg}, signed": _hs256(secret, {**jwt, "alg": alg}, good) for alg in ("none", "HS512", "ES256")}
    for name, key in {"PEM": PEM, "PEM with CRLF": PEM.replace(b"\n", b"\r\n"), "PEM with spaces": b" " + PEM}.items():
        found[f"HS256 by the public {name}"] = _hs256(key, jwt, good)
        found[f"HS256 by the public {name}, kid"] = _hs256(key, {**jwt, "kid": "host"}, good)
    for header, value in {"jwk": JWK, "jku": "https://evil.example/k", "x5u": "https://evil.example/k"}.items():
        found[header] = _hs256(secret, {**jwt, header: value}, good)
    for kid in ("../../../dev/null", "' OR 1=1 --", "/dev/null", "", 5, None, "host\u0000"):
        found[f"kid {kid!r}"] = _hs256("", {**jwt, "kid": kid}, good)
    found["crit"] = _hs256(secret, {**jwt, "crit": ["b64"], "b64": False}, good)
    found |= {f"typ {typ!r}": _hs256(secret, {**jwt, "typ": typ}, good) for typ in ("at+jwt", "access", 5)}
    wrong: dict[str, Any] = {"aud": ["other", "staff", "", None, 5, {}], "exp": [str(now + 300), now + 300.5, True]}
    wrong |= {"exp ": [now - 1, -1, 2**63, None], "nbf": [now + 120, "x"], "iat": [now + 120, None]}
    wrong |= {"sub": ["", "用户", "a b", "a\u0000b", 5, None, "x" * 200, ["victim"]]}
    for claim, values in wrong.items():
        for value in values:
            found[f"{claim} {value!r:.20}"] = _hs256(secret, jwt, {**good, claim.strip(): value})
    found["exp 1e400"] = _hs256(secret, jwt, json.dumps(good).replace(str(now + 300), "1e400"))
    found["claims twice"] = _hs256(secret, jwt, json.dumps(good)[:-1] + ',"sub":"other"}')
    found["header twice"] = _hs256(secret, '{"alg":"HS256","alg":"none"}', good)
    found["another secret"] = _hs256(secret + "x", jwt, good)
    found["no secret"] = _hs256("", jwt, good)
    whole = _hs256(secret, jwt, good)
    found |= {"cut": whole[:-2], "four parts": f"{whole}.x", "padding": f"{whole}==", "space": f" {whole}"}
    found["40 kB"] = _hs256(secret, jwt, {**good, "x": "y" * 30_000})
    found["1 MB"] = _hs256(secret, jwt, {**good, "x": "y" * 750_000})
    return found


KEYS: Final = {"CHATSERVER_IDENTITY_KEYS": json.dumps({"keys": [JWK]})}


@fault("S06", "forged tokens", settings=KEYS, calm=True)
async def forgeries(case: Case) -> None:
    """Whatever a token claims, without a known key's signature by its own algorithm it opens nothing, quickly."""
    server = case.place.servers[0]
    forged = _forgeries(case.place.identity_secret)
    began_cpu, slowest = server.processor_s(), 0.0
    for name, token in forged.items():
        for auth in ({"as": "user", "token": token}, {"as": "agent", "token": token}):
            began = time.monotonic()
            code = await _refused(case, auth)
            slowest = max(slowest, time.monotonic() - began)
            refusals = ("closed",) if name == "1 MB" else ("unauthenticated", "invalid")  # no frame is that long
            case.check(code in refusals, f"{name} as {auth['as']} was answered {code}")
        headers = {"Authorization": f"Bearer {token}"} if len(token) < 8_000 and token == token.strip() else {}
        async with case.place.http.get(f"{server.url}/api/v1/conversations", headers=headers) as answer:
            case.check(answer.status == 401, f"{name} over HTTP was answered {answer.status}")
    each_s = (server.processor_s() - began_cpu) / (3 * len(forged))
    case.check(each_s <= REFUSAL_CPU_S, f"a refusal costs {each_s * 1_000:.1f} ms of processor time")
    case.check(slowest <= REFUSED_WITHIN_S, f"a refusal took {slowest:.2f} s")
    signed = PRIVATE  # the honest key still opens, so that the refusals mean something
    now = int(time.time())
    claims = {"sub": "honest", "aud": "chatserver", "iat": now, "exp": now + 60}
    signing = f"{_b64({'alg': 'ES256', 'typ': 'JWT', 'kid': 'host'})}.{_b64(claims)}"
    token = f"{signing}.{_b64(ECAlgorithm(ECAlgorithm.SHA256).sign(signing.encode(), signed))}"
    case.check(await _refused(case, {"as": "user", "token": token}) == "ok", "an honest ES256 token was refused")


@fault("S07", "somebody who only says who they are")
async def unproven(case: Case) -> None:
    """Without a signature there is no identity: an anonymous session without history, or a refusal."""
    place = case.place
    async with case.people(1, 0) as crowd:
        victim = crowd.customers[0]
        await victim.start()
        await victim.say(victim.conversation, "private")
        for extra in ("user_id", "sub", "subject", "name", "email", "kyc", "vip", "hash", "attributes"):
            code = await _refused(case, {"as": "user", extra: victim.name})
            case.check(code == "invalid", f"an unsigned {extra} was answered {code}")
        for visitor in (victim.name, f"user:{victim.name}", "v_", "0" * 22):
            code = await _refused(case, {"as": "user", "visitor": visitor})
            case.check(code in ("unauthenticated", "invalid"), f"the visitor key {visitor!r} was answered {code}")
        header, claims, signature = place.user_token(victim.name).split(".")
        mine = place.user_token("somebody-else").split(".")
        mixed = {"A's signature": f"{mine[0]}.{claims}.{mine[2]}", "A's claims": f"{header}.{mine[1]}.{signature}"}
        for name, token in mixed.items():
            code = await _refused(case, {"as": "user", "token": token})
            case.check(code == "unauthenticated", f"{name} was answered {code}")
        case.check(await _refused(case, {"as": "agent", "token": place.user_token("x")}) == "unauthenticated", "agent")
        async with raw_as(place, {"as": "user"}, place.urls[0]) as anonymous:
            await anonymous.next()
            text = "".join(bytes(event.body).decode() for event in anonymous.events)
            case.check("welcome" in [event.name for event in anonymous.events], "an anonymous newcomer has no welcome")
            case.check(victim.conversation not in text and CANARY not in text, "a stranger sees a history")
            case.check('"conversations":[]' in text.replace(" ", ""), "an anonymous newcomer has conversations")
