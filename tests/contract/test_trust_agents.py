"""Accounts in SQL, on both databases."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Connection, select, update

from chatserver.core.audit import SYSTEM
from chatserver.core.session import Role
from chatserver.trust import agents
from chatserver.trust.agents import Account, Agent, EmailTaken
from chatserver.trust.enrolment import newcomer_of
from chatserver.trust.staff_data import seal_accounts
from chatserver.trust.tables import agents as table
from tests.trust_house import PASSWORD, House, open_house


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with open_house(database_url) as opened:
        yield opened


async def read(house: House, query: Any, *arguments: Any) -> Any:
    return await house.database.read(lambda conn: query(conn, *arguments))


async def write(house: House, unit: Any, *arguments: Any) -> Any:
    return await house.database.write(lambda conn: unit(conn, *arguments, house.clock.now()))


async def test_an_account_is_found_by_id_and_by_email_in_any_case(house: House) -> None:
    agent = await house.enrol(
        "Ann@X.io", name="Ann 安", role="supervisor", tier=2, capacity=7, skills=["zh", "zh", "a"]
    )
    assert agent == Agent(
        id=agent.id,
        email="ann@x.io",
        name="Ann 安",
        role=Role.SUPERVISOR,
        tier=2,
        capacity=7,
        skills=("zh", "a"),
        token_generation=1,
        disabled=False,
    )
    assert await read(house, agents.read_agent, agent.id) == agent
    assert await read(house, agents.read_by_email, " aNN@x.IO") == agent
    assert await read(house, agents.read_agent, "a_unknown") is None
    assert await read(house, agents.read_by_email, "ann@x.i_") is None


async def test_an_account_without_capacity_gets_the_configured_one(house: House) -> None:
    assert (await house.enrol("a@x.io")).capacity == 3


async def test_an_email_that_is_taken_changes_nothing(house: House) -> None:
    agent = await house.enrol("a@x.io", name="First")
    with pytest.raises(EmailTaken, match=r"a@x\.io"):
        await house.enrol("A@X.IO", name="Second")
    assert await read(house, agents.enabled_agents) == [agent]


async def test_a_file_is_added_whole_or_not_at_all(house: House) -> None:
    await house.enrol("b@x.io")
    newcomers = [newcomer_of({"email": f"{one}@x.io", "name": one, "tier": 1, "password": "pw"}) for one in "abc"]
    with pytest.raises(EmailTaken):
        await house.roster.enrol(newcomers, SYSTEM)
    assert await read(house, agents.read_by_email, "a@x.io") is None
    added = await house.roster.enrol([newcomers[0], newcomers[2]], SYSTEM)
    assert [one.email for one in added] == ["a@x.io", "c@x.io"]


async def test_of_several_who_race_for_an_email_one_gets_it(house: House) -> None:
    account = Account(
        email="a@x.io",
        name="A",
        role=Role.AGENT,
        tier=1,
        capacity=3,
        skills=(),
        password=await house.passwords.hash("p"),
    )
    answers = await asyncio.gather(
        *(write(house, agents.add_account, account) for _ in range(8)), return_exceptions=True
    )
    assert sum(isinstance(one, EmailTaken) for one in answers) == 7
    assert len(await read(house, agents.enabled_agents)) == 1


async def test_a_disabled_account_is_listed_nowhere_and_keeps_its_first_time(house: House) -> None:
    ann, bob = await house.enrol("ann@x.io", skills=["zh", "fraud"]), await house.enrol("bob@x.io", skills=["en"])
    disabled = await write(house, agents.disable_agent, "ANN@x.io")
    assert disabled.disabled
    assert disabled.token_generation == 2
    assert await read(house, agents.enabled_agents) == [bob]
    assert await read(house, agents.enabled_among, [ann.id, bob.id, "a_unknown"]) == {bob.id}
    assert await read(house, agents.known_skills) == {"en"}
    enabled = await write(house, agents.enable_agent, "ann@x.io")
    assert not enabled.disabled
    assert enabled.token_generation == 3
    assert await read(house, agents.known_skills) == {"en", "zh", "fraud"}


async def test_an_unknown_email_cannot_be_switched(house: House) -> None:
    assert await write(house, agents.disable_agent, "nobody@x.io") is None
    assert await write(house, agents.enable_agent, "nobody@x.io") is None


async def test_skills_of_those_who_do_not_serve_are_not_known(house: House) -> None:
    await house.enrol("admin@x.io", role="admin", skills=["secret"])
    await house.enrol("boss@x.io", role="supervisor", skills=["calm"])
    assert await read(house, agents.known_skills) == {"calm"}


async def test_the_password_is_kept_as_a_hash_and_travels_alone(house: House) -> None:
    agent = await house.enrol("a@x.io")
    found, stored = await read(house, agents.read_with_password, "a@x.io")
    assert found == agent
    assert stored.startswith("$argon2id$")
    assert PASSWORD not in repr(agent) + stored


async def test_no_name_and_no_email_stands_in_a_row(house: House) -> None:
    agent = await house.enrol("ann.plain@x.io", name="Ann Plainname")
    (row,) = await read(house, lambda conn: conn.execute(select(table)).all())
    assert row.id == agent.id
    assert "plain" not in repr(row).lower()


async def test_rows_of_an_earlier_version_are_read_as_they_are_and_then_sealed(house: House) -> None:
    one = await house.enrol("ann.plain@x.io", name="Ann Plainname")

    def as_before(conn: Connection) -> None:
        plain = {"email": "ann.plain@x.io", "email_sealed": None, "name": "Ann Plainname"}
        conn.execute(update(table).values(**plain))

    await house.database.write(as_before)
    assert await read(house, agents.read_by_email, "Ann.Plain@x.io") == one
    with pytest.raises(EmailTaken):
        await house.enrol("ann.plain@x.io")
    await seal_accounts(house.database)
    (row,) = await read(house, lambda conn: conn.execute(select(table)).all())
    assert "plain" not in repr(row).lower()
    assert await read(house, agents.read_by_email, "ann.plain@x.io") == one
    assert await read(house, agents.read_by_email, row.email) is None
