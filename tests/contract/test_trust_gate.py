"""Who gets in by a socket or a request, and as whom, on both databases."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import pytest
import pytest_asyncio

from chatserver.conversation.users import read_user
from chatserver.core.commands import Registry
from chatserver.core.errors import ChatError
from chatserver.core.session import Role, Session
from chatserver.trust.gate import SomebodyElse
from chatserver.trust.identity import mint_user_token
from chatserver.trust.keyring import shared_key
from chatserver.trust.messages import Renewed
from tests.trust_house import House, open_house


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with open_house(database_url) as opened:
        yield opened


async def refusal(attempt: Awaitable[object]) -> ChatError:
    with pytest.raises(ChatError) as refused:
        await attempt
    return refused.value


async def session_of(house: House, **auth: Any) -> Session:
    return (await house.gate.admit({"as": "user", **auth})).session


async def renew(house: House, session: Session, token: str) -> Renewed:
    answer: Renewed = await Registry([house.gate]).run(session, "renew", b'{"token":"%s"}' % token.encode())
    return answer


async def test_a_signed_user_is_who_the_host_app_says(house: House) -> None:
    token = house.identity_token("alice", name="Alice", locale="zh", vip=True)
    admitted = await house.gate.admit({"as": "user", "token": token, "protocol": 1})
    session = admitted.session
    assert admitted.visitor is None
    assert (session.role, session.subject, session.name, session.locale) == (Role.USER, "alice", "Alice", "zh-CN")
    assert (session.vip, session.tier, session.expires_at) == (True, 0, house.clock.now() + 300_000)
    assert (await session_of(house, token=token)).id != session.id


async def test_what_a_token_leaves_out_is_as_it_was_before(house: House) -> None:
    await session_of(house, token=house.identity_token("alice", name="Alice", locale="zh"))
    session = await session_of(house, token=house.identity_token("alice"))
    assert (session.name, session.locale) == ("Alice", "zh-CN")
    assert (await session_of(house, token=house.identity_token("bob@x.io"))).name == "bob@x.io"


async def test_the_wish_of_the_device_wins_over_the_tokens_language(house: House) -> None:
    token = house.identity_token("alice", locale="en")
    assert (await session_of(house, token=token, locale="zh-TW")).locale == "zh-CN"
    kept = await house.database.read(lambda conn: read_user(conn, "alice"))
    assert kept is not None
    assert kept.locale == "zh-CN"


async def test_a_user_who_connects_from_everywhere_at_once_is_one_user(house: House) -> None:
    token = house.identity_token("alice", name="Alice")
    sessions = await asyncio.gather(*(session_of(house, token=token) for _ in range(8)))
    assert {one.subject for one in sessions} == {"alice"}


async def test_a_user_whose_first_connects_meet_on_two_processes_is_let_in_on_both(
    house: House, database_url: str
) -> None:
    async with open_house(database_url) as other:
        for number in range(20):
            token = house.identity_token(f"user{number}", name="Alice")
            sessions = await asyncio.gather(*(session_of(one, token=token) for one in (house, other)))
            assert [one.name for one in sessions] == ["Alice", "Alice"]


async def test_a_visitor_gets_a_key_once_and_returns_with_it(house: House) -> None:
    first = await house.gate.admit({"as": "user", "locale": "zh-CN"})
    key = first.visitor
    assert key is not None
    assert len(key) >= 43
    assert first.session.subject.startswith("v_")
    assert first.session.name.startswith("访客 ")
    again = await house.gate.admit({"as": "user", "visitor": key})
    assert again.visitor is None
    assert again.session.subject == first.session.subject
    assert again.session.locale == "zh-CN"
    assert (await session_of(house, visitor=key, locale="en")).locale == "en"
    assert (await session_of(house, visitor=key)).locale == "en"
    assert (await house.gate.of_request(f"Visitor {key}")).subject == first.session.subject


async def test_visitors_are_different_people(house: House) -> None:
    first, second = await house.gate.admit({"as": "user"}), await house.gate.admit({"as": "user"})
    assert first.session.subject != second.session.subject
    assert first.visitor != second.visitor


async def test_an_unknown_visitor_key_is_unauthenticated(house: House) -> None:
    for key in ("", "unknown", "v_1", "x" * 10_000, "\x00", "钥匙", "\ud800", "' OR 1=1 --"):
        for attempt in (house.gate.admit({"as": "user", "visitor": key}), house.gate.of_request(f"Visitor {key}")):
            assert (await refusal(attempt)).code == "unauthenticated", key


async def test_a_signed_user_cannot_be_a_visitor(house: House) -> None:
    visitor = (await session_of(house)).subject
    session = await session_of(house, token=house.identity_token(visitor))
    assert session.subject != visitor


async def test_staff_come_with_an_access_token(house: House) -> None:
    agent = await house.enrol("ann@x.io", role="auditor", tier=2)
    session = (
        await house.gate.admit({"as": "agent", "token": house.tokens.mint(agent, ttl_s=60), "locale": "zh"})
    ).session
    assert (session.role, session.subject, session.tier, session.locale) == (Role.AUDITOR, agent.id, 2, "zh-CN")
    assert session.expires_at == house.clock.now() + 60_000


async def test_an_access_token_ends_with_its_time(house: House) -> None:
    token = house.tokens.mint(await house.enrol("ann@x.io"), ttl_s=60)
    house.clock.turn(seconds=59)
    assert (await house.gate.of_request(f"Bearer {token}")).role is Role.AGENT
    house.clock.turn(seconds=1)
    assert (await refusal(house.gate.of_request(f"Bearer {token}"))).code == "unauthenticated"


async def test_no_token_opens_the_other_door(house: House) -> None:
    agent = await house.enrol("ann@x.io")
    access, identity = house.tokens.mint(agent), house.identity_token(agent.id)
    assert (await refusal(house.gate.admit({"as": "user", "token": access}))).code == "unauthenticated"
    assert (await refusal(house.gate.admit({"as": "agent", "token": identity}))).code == "unauthenticated"
    forged = mint_user_token(shared_key("the server's own key"), agent.id, None, now=house.clock.now(), ttl_s=60)
    for attempt in ({"as": "user", "token": forged}, {"as": "agent", "token": forged}):
        assert (await refusal(house.gate.admit(attempt))).code == "unauthenticated"


BAD_AUTHS: list[tuple[Any, str, str | None]] = [
    (None, "unauthenticated", None),
    ({"as": "agent"}, "unauthenticated", None),
    ({"as": "agent", "token": ""}, "unauthenticated", None),
    ({"as": "user", "token": ""}, "unauthenticated", None),
    ({"as": "user", "token": "x.y.z"}, "unauthenticated", None),
    ({"as": "user", "token": "x" * 9_000}, "unauthenticated", None),
    ({}, "invalid", "as"),
    ([], "invalid", None),
    ("user", "invalid", None),
    (7, "invalid", None),
    ({"as": "admin"}, "invalid", "as"),
    ({"as": None}, "invalid", "as"),
    ({"as": ["user"]}, "invalid", "as"),
    ({"as": "user", "extra": 1}, "invalid", "extra"),
    ({"as": "user", "token": None}, "invalid", "token"),
    ({"as": "user", "token": 7}, "invalid", "token"),
    ({"as": "user", "visitor": {}}, "invalid", "visitor"),
    ({"as": "user", "visitor": None}, "invalid", "visitor"),
    ({"as": "user", "token": "x", "visitor": "y"}, "invalid", "visitor"),
    ({"as": "agent", "visitor": "y"}, "invalid", "visitor"),
    ({"as": "user", "locale": 7}, "invalid", "locale"),
    ({"as": "user", "locale": "x" * 65}, "invalid", "locale"),
    ({"as": "user", "protocol": "1"}, "invalid", "protocol"),
    ({"as": "user", "protocol": True}, "invalid", "protocol"),
    ({"as": "user", "protocol": None}, "invalid", "protocol"),
    ({"as": "user", "protocol": 2}, "upgrade_required", "protocol"),
    ({"as": "user", "protocol": 0}, "upgrade_required", "protocol"),
    ({"as": "someone new", "protocol": 2, "proof": {}}, "upgrade_required", "protocol"),
]
"""Each with the code and the field of its refusal."""

BAD_HEADERS: list[str | None] = [
    None,
    "",
    " ",
    "Bearer",
    "Bearer ",
    "Bearer x",
    "Bearer a.b.c",
    "Basic YTpi",
    "Visitor",
    "x" * 20_000,
    "Bearer \x00",
    "令牌",
]


async def test_an_auth_that_does_not_fit_is_refused(house: House) -> None:
    for auth, code, field in BAD_AUTHS:
        refused = await refusal(house.gate.admit(auth))
        assert (refused.code, refused.field) == (code, field), auth


async def test_a_request_without_a_good_credential_is_unauthenticated(house: House) -> None:
    for header in BAD_HEADERS:
        assert (await refusal(house.gate.of_request(header))).code == "unauthenticated", header


async def test_a_request_may_carry_either_kind_of_token_and_stores_nothing(house: House) -> None:
    token = house.identity_token("alice", name="Alice", locale="zh")
    for scheme in ("Bearer", "bearer", "BEARER "):
        session = await house.gate.of_request(f"{scheme} {token}")
        assert (session.subject, session.name, session.locale) == ("alice", "Alice", "zh-CN")
    assert await house.database.read(lambda conn: read_user(conn, "alice")) is None


async def test_renewing_prolongs_a_session_of_the_same_person(house: House) -> None:
    agent = await house.enrol("ann@x.io")
    staff = (await house.gate.admit({"as": "agent", "token": house.tokens.mint(agent, ttl_s=60)})).session
    user = await session_of(house, token=house.identity_token("alice"))
    house.clock.turn(seconds=50)
    assert await renew(house, staff, house.tokens.mint(agent, ttl_s=600)) == Renewed(600)
    assert await renew(house, user, house.identity_token("alice")) == Renewed(300)
    assert staff.expires_at == house.clock.now() + 600_000
    assert user.expires_at == house.clock.now() + 300_000


async def test_renewing_as_somebody_else_is_forbidden_and_fatal(house: House) -> None:
    ann, bob = await house.enrol("ann@x.io"), await house.enrol("bob@x.io")
    staff = (await house.gate.admit({"as": "agent", "token": house.tokens.mint(ann)})).session
    user, visitor = await session_of(house, token=house.identity_token("alice")), await session_of(house)
    for session, token in (
        (staff, house.tokens.mint(bob)),
        (staff, house.identity_token(ann.id)),
        (user, house.identity_token("mallory")),
        (user, house.tokens.mint(ann)),
        (visitor, house.identity_token("alice")),
    ):
        before = session.expires_at
        refused = await refusal(renew(house, session, token))
        assert isinstance(refused, SomebodyElse)
        assert (refused.code, refused.fatal, session.expires_at) == ("forbidden", True, before)


async def test_renewing_with_a_token_that_is_no_good_changes_nothing(house: House) -> None:
    user = await session_of(house, token=house.identity_token("alice"))
    before = user.expires_at
    for token in ("nonsense", house.identity_token("alice", exp=house.clock.now() // 1_000)):
        refused = await refusal(renew(house, user, token))
        assert (refused.code, getattr(refused, "fatal", False)) == ("unauthenticated", False)
    assert user.expires_at == before
