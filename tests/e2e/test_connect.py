"""Who gets in, as whom, and what they are told first."""

from typing import Any

import pytest

from chatserver.trust.identity import mint_user_token
from chatserver.trust.keyring import shared_key
from tests.e2e.conftest import Serve
from tests.people import Person, Refused
from tests.serving import Served
from tests.unit.infra.sockets.raw_client import RawClient
from tests.unit.infra.sockets.raw_client import Refused as NotUpgraded


async def refused(served: Served, auth: Any, **options: Any) -> Refused:
    with pytest.raises(Refused) as refusal:
        await served.connect(auth, **options)
    assert refusal.value.error["message"]
    return refusal.value


async def test_a_signed_user_is_welcomed_by_the_name_the_host_app_gave(served: Served) -> None:
    user = await served.user("lin", name="林晓芸", locale="zh-CN")
    welcome = user.welcome
    assert set(welcome) == {"protocol", "session", "server_time", "conversations"}
    assert welcome["protocol"] == 1
    assert set(welcome["session"]) == {"id", "role", "subject", "name"}
    assert welcome["session"] | {"id": ""} == {"id": "", "role": "user", "subject": "lin", "name": "林晓芸"}
    assert abs(welcome["server_time"] - served.clock.now()) < 5_000
    assert welcome["conversations"] == []


async def test_a_name_is_cut_at_a_hundred_code_points(served: Served) -> None:
    user = await served.user("lin", name="😀" * 101)
    assert user.welcome["session"]["name"] == "😀" * 100


async def test_an_identity_token_is_good_for_any_number_of_connects_until_it_ends(served: Served) -> None:
    token = served.user_token("lin", jti="once-is-enough")
    for _ in range(3):
        await served.connect({"as": "user", "token": token})
    served.clock.turn(seconds=301)
    assert (await refused(served, {"as": "user", "token": token})).code == "unauthenticated"


async def test_an_anonymous_user_comes_back_with_the_key_of_the_welcome(served: Served) -> None:
    first = await served.connect({"as": "user"})
    started = await first.call("start_conversation", key="k1", text="hello")
    again = await served.connect({"as": "user", "visitor": first.welcome["visitor"]})
    assert again.id == first.id
    assert [one["id"] for one in again.welcome["conversations"]] == [started["conversation"]["id"]]
    stranger = await served.connect({"as": "user"})
    assert stranger.id != first.id
    assert stranger.welcome["conversations"] == []


@pytest.mark.parametrize("role", ["agent", "supervisor", "admin", "auditor"])
async def test_staff_are_welcomed_with_their_role(served: Served, role: str) -> None:
    person = await served.agent("zhou", role=role)
    session = person.welcome["session"] | {"id": ""}
    assert session == {"id": "", "role": role, "subject": served.accounts["zhou"].id, "name": "Zhou"}
    assert "visitor" not in person.welcome


@pytest.mark.parametrize(
    ("auth", "code"),
    [
        ("agent", "invalid"),
        ({}, "invalid"),
        ({"as": "root"}, "invalid"),
        ({"as": "bot"}, "invalid"),
        ({"as": "agent"}, "unauthenticated"),
        ({"as": "user", "token": 5}, "invalid"),
        ({"as": "user", "token": None}, "invalid"),
        ({"as": "user", "token": "x"}, "unauthenticated"),
        ({"as": "user", "token": "a.b.c"}, "unauthenticated"),
        ({"as": "agent", "token": "a.b.c"}, "unauthenticated"),
        ({"as": "user", "visitor": "nobody"}, "unauthenticated"),
        ({"as": "user", "visitor": ""}, "unauthenticated"),
        ({"as": "user", "visitor": 7}, "invalid"),
        ({"as": "user", "role": "admin"}, "invalid"),
        ({"as": "user", "__proto__": {"role": "agent"}}, "invalid"),
        ({"as": "user", "locale": 1}, "invalid"),
        ({"as": "user", "protocol": "1"}, "invalid"),
        ({"as": "user", "protocol": 2}, "upgrade_required"),
        ({"as": "user", "protocol": 0}, "upgrade_required"),
    ],
    ids=str,
)
async def test_whoever_does_not_say_properly_who_they_are_is_refused(served: Served, auth: Any, code: str) -> None:
    assert (await refused(served, auth)).code == code


async def test_the_tokens_of_users_and_staff_do_not_open_each_other_s_door(served: Served) -> None:
    await served.account("zhou")
    for auth in (
        {"as": "agent", "token": served.user_token("lin")},
        {"as": "user", "token": served.agent_token("zhou")},
    ):
        assert (await refused(served, auth)).code == "unauthenticated"


async def test_a_token_of_another_secret_or_audience_is_refused(served: Served) -> None:
    now = served.clock.now()
    forged = mint_user_token(shared_key("another secret, long enough to be one"), "lin", None, now=now, ttl_s=300)
    elsewhere = served.user_token("lin", aud="another service")
    for token in (forged, elsewhere):
        assert (await refused(served, {"as": "user", "token": token})).code == "unauthenticated"


async def test_after_a_refusal_the_transport_closes_within_a_second(served: Served) -> None:
    async with await RawClient.open(int(served.address.rpartition(":")[2])) as client:
        assert (await client.next())[0] == "0"
        client.send('40{"as":"user","visitor":"nobody"}')
        assert (await client.next()).startswith('44{"message":')
        assert await client.rest(within_s=1.0, goodbye=True) == []


async def test_the_sixth_socket_of_a_user_closes_the_oldest(served: Served) -> None:
    first, second, *_ = [await served.user("lin") for _ in range(6)]
    await first.gone()
    assert second.here


async def test_the_fourth_socket_of_an_agent_closes_the_oldest(served: Served) -> None:
    first, second, *_ = [await served.agent("zhou") for _ in range(4)]
    await first.gone()
    assert second.here


async def test_the_device_s_language_is_that_of_the_conversation(served: Served) -> None:
    for locale, spoken in {"zh": "zh-CN", "zh-Hant-TW": "zh-CN", "en-GB": "en", "fr": "en"}.items():
        user = await served.connect({"as": "user", "locale": locale, "protocol": 1})
        started = await user.call("start_conversation", key="k1")
        assert (await user.log(started["conversation"]["id"]))[0]["locale"] == spoken


async def test_long_polling_answers_400(served: Served) -> None:
    for method in ("GET", "POST"):
        for path in ("/socket.io/?EIO=4&transport=polling", "/socket.io/?EIO=4"):
            answer = await served.request(method, path)
            assert (answer.status, answer.body["error"]["code"]) == (400, "invalid")


# Origins: a page that was sent from elsewhere may not connect, whoever looks at it


async def comes_from(served: Served, origin: str) -> Person:
    return await served.connect({"as": "user"}, headers={"Origin": origin})


async def test_a_missing_origin_and_the_server_s_own_are_accepted(served: Served) -> None:
    await served.connect({"as": "user"})
    await comes_from(served, served.address)
    await comes_from(served, served.address.replace("127.0.0.1", "localhost"))


FOREIGN = ["https://evil.example", "null", "{own}.evil.example", "{own}/", "{own}1", "HTTP{rest}", "file://"]


@pytest.mark.parametrize("origin", FOREIGN)
async def test_any_other_origin_is_refused(served: Served, origin: str) -> None:
    given = origin.format(own=served.address, rest=served.address.removeprefix("http"))
    with pytest.raises(Refused):
        await comes_from(served, given)


async def test_a_list_of_origins_replaces_the_own_addresses(serve: Serve) -> None:
    served = await serve(allowed_origins="https://app.example, https://beta.example:8443")
    await comes_from(served, "https://app.example")
    await comes_from(served, "https://beta.example:8443")
    for origin in (served.address, "https://app.example.evil.example", "https://beta.example", "http://app.example"):
        with pytest.raises(Refused):
            await comes_from(served, origin)


async def test_a_page_of_a_foreign_origin_is_told_forbidden(served: Served) -> None:
    with pytest.raises(NotUpgraded) as refusal:
        await RawClient.open(int(served.address.rpartition(":")[2]), Origin="https://evil.example")
    assert (refusal.value.status, refusal.value.body["error"]["code"]) == (403, "forbidden")
