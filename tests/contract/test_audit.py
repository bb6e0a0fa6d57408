"""The audit log on both databases: nothing is lost, nothing can be changed, and what was changed anyway is found."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from msgspec import structs
from sqlalchemy import Connection, delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from chatserver.core.audit import Act, Actor
from chatserver.core.errors import ChatError
from chatserver.infra.migrations import migrate
from chatserver.infra.sql import OpenDatabase
from chatserver.trust.audit import rules, store
from chatserver.trust.audit.anchors import Anchor, Anchors, AnchorsUnreadable, read_anchors
from chatserver.trust.audit.reading import Wanted, page_of
from chatserver.trust.audit.tables import audit, audit_ends, audit_inbox
from chatserver.trust.audit.trail import Trail, audit_key
from chatserver.trust.audit.verifying import AuditCheck, Fault
from tests.trust_house import TurnedClock
from tests.vaults import sealed_database

KEY = audit_key("the server's own key")
ANN = Actor("agent:a_ann", "agent", "s_1", "192.0.2.1")


@dataclass
class Office:
    """A database with its audit log, and a hand that reaches into the database."""

    database: OpenDatabase
    trail: Trail
    clock: TurnedClock
    anchors: list[Anchor] = field(default_factory=list)

    async def noted(self, *actions: str) -> None:
        """Rows, each chained before the next."""
        for action in actions:
            await self.trail.write(ANN, Act(action, "conversation:c_1", "because", fields={"n": 1}))
            await self.trail.settle()

    async def by_hand(self, change: Callable[[Connection], Any]) -> None:
        """Change the database as its owner can: the triggers do not hold them."""

        def unit(conn: Connection) -> None:
            for trigger, table in TRIGGERS[self.database.dialect]:
                on = f" ON {table}" if self.database.dialect == "postgresql" else ""
                conn.execute(text(f"DROP TRIGGER IF EXISTS {trigger}{on}"))
            change(conn)

        await self.database.write(unit)

    async def fault(self) -> tuple[int, str] | None:
        """The first bad row and what is wrong with it."""
        try:
            await AuditCheck(self.database, KEY, self.anchors).run()
        except Fault as bad:
            return bad.number, bad.reason
        return None


TRIGGERS = {
    "sqlite": [
        ("audit_is_never_changed", "audit"),
        ("audit_is_never_cut", "audit"),
        ("audit_ends_move_on", "audit_ends"),
        ("audit_ends_stay", "audit_ends"),
    ],
    "postgresql": [("audit_is_append_only", "audit"), ("audit_ends_move_on", "audit_ends")],
}


@pytest_asyncio.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    await asyncio.to_thread(migrate, database_url)
    clock = TurnedClock()
    async with sealed_database(database_url) as database:
        yield Office(database, Trail(database, clock, KEY), clock)


async def test_a_row_is_chained_and_found_whole(office: Office) -> None:
    await office.noted("transcript_read", "revealed")
    rows = await office.database.read(lambda conn: store.read_chain(conn, 0, 10))
    assert [(row.number, row.action, row.actor, row.object) for row in rows] == [
        (1, "transcript_read", "agent:a_ann", "conversation:c_1"),
        (2, "revealed", "agent:a_ann", "conversation:c_1"),
    ]
    assert b"because" not in bytes(rows[0].reason)
    (_, first), _ = await office.database.read(lambda conn: page_of(conn, Wanted()))
    assert first["reason"] == "because"
    assert (rows[0].session, rows[0].address, rows[0].at) == ("s_1", "192.0.2.1", office.clock.now())
    assert await office.fault() is None


async def test_an_act_that_is_rolled_back_leaves_no_row_and_one_that_is_kept_does(office: Office) -> None:
    def refused(conn: Connection) -> None:
        office.trail.note(conn, ANN, Act("refused"))
        raise ChatError("conflict", "no")

    with pytest.raises(ChatError):
        await office.database.write(refused, lane="c_1")
    await office.database.write(lambda conn: office.trail.note(conn, ANN, Act("kept")), lane="c_1")
    await office.trail.settle()
    rows = await office.database.read(lambda conn: store.read_chain(conn, 0, 10))
    assert [row.action for row in rows] == ["kept"]


async def test_many_who_note_and_two_who_chain_at_once_make_one_chain(office: Office, database_url: str) -> None:
    async with sealed_database(database_url) as other:
        trails = [office.trail, Trail(other, office.clock, KEY)]

        async def work(number: int) -> None:
            trail = trails[number % 2]
            await trail.write(ANN, Act(f"act_{number}"))
            trail.later(ANN, Act(f"later_{number}"))
            await trail.settle()

        await asyncio.gather(*(work(number) for number in range(60)))
        for trail in trails:
            await trail.settle()
    rows = await office.database.read(lambda conn: store.read_chain(conn, 0, 1_000))
    assert [row.number for row in rows] == list(range(1, 121))
    assert {row.action for row in rows} == {f"{kind}_{number}" for kind in ("act", "later") for number in range(60)}
    assert await office.fault() is None


async def test_the_database_refuses_to_change_or_remove_a_row(office: Office) -> None:
    await office.noted("one", "two")
    statements: tuple[Any, ...] = (
        update(audit).where(audit.c.number == 1).values(actor="agent:somebody"),
        delete(audit).where(audit.c.number == 2),
        delete(audit),
        update(audit_ends).values(number=0),
        delete(audit_ends),
    )
    for statement in statements:
        with pytest.raises((DBAPIError, ChatError), match=r"append-only|storage"):
            await office.database.write(partial(Connection.execute, statement=statement))
    assert await office.fault() is None
    assert await office.database.read(lambda conn: conn.execute(select(func.count()).select_from(audit)).scalar()) == 2


def swap(conn: Connection) -> None:
    for number, to in ((2, 99), (3, 2), (99, 3)):
        conn.execute(update(audit).where(audit.c.number == number).values(number=to))


def insert_between(conn: Connection) -> None:
    """A well-made row, but by somebody without the key; everything after it is chained anew."""
    rows = [store.row_of(row) for row in store.read_chain(conn, 0, 10)]
    conn.execute(delete(audit))
    last, made = rules.START, []
    foreign = rows[1].__class__(
        **{name: getattr(rows[1], name) for name in rows[1].__struct_fields__} | {"action": "x"}
    )
    for number, row in enumerate([rows[0], foreign, *rows[1:]], 1):
        fields = structs.asdict(row) | {"number": number}
        last = rules.hash_of(last, rules.Row(**fields))
        made.append({**fields, "hash": last, "seal": rules.seal_of(b"a guess", "row", number, last)})
    conn.execute(insert(audit), made)
    conn.execute(update(audit_ends).values(number=len(made), hash=last, seal=b""))


def changed(**values: Any) -> Callable[[Connection], Any]:
    return lambda conn: conn.execute(update(audit).where(audit.c.number == 3).values(**values))


def cut(condition: Any) -> Callable[[Connection], Any]:
    return lambda conn: conn.execute(delete(audit).where(condition))


FALSE_BASE = insert(audit_ends).values(name="base", number=2, hash=b"x", seal=b"x")

TAMPERED: dict[str, tuple[Callable[[Connection], Any], tuple[int, str]]] = {
    "who": (changed(actor="agent:b"), (3, "changed")),
    "when": (changed(at=1), (3, "changed")),
    "why": (changed(reason=b"x"), (3, "changed")),
    "hash": (changed(hash=b"x"), (3, "changed")),
    "seal": (changed(seal=b"x"), (3, "forged")),
    "gone": (cut(audit.c.number == 3), (3, "missing")),
    "first gone": (cut(audit.c.number == 1), (1, "missing")),
    "swapped": (swap, (2, "changed")),
    "cut off": (cut(audit.c.number > 3), (4, "truncated")),
    "emptied": (cut(audit.c.number > 0), (1, "truncated")),
    "put between": (insert_between, (1, "forged")),
    "head": (lambda conn: conn.execute(update(audit_ends).values(number=3)), (3, "forged")),
    "base": (lambda conn: conn.execute(FALSE_BASE), (2, "forged")),
}


async def test_what_was_changed_by_hand_is_found_at_its_first_row(office: Office) -> None:
    await office.noted("one", "two", "three", "four", "five")

    def kept(conn: Connection) -> list[list[dict[str, Any]]]:
        return [[dict(row._mapping) for row in conn.execute(select(table))] for table in (audit, audit_ends)]

    whole = await office.database.read(kept)

    def mend(conn: Connection) -> None:
        for table, rows in zip((audit, audit_ends), whole, strict=True):
            conn.execute(delete(table))
            conn.execute(insert(table), rows)

    for how, (change, expected) in TAMPERED.items():
        assert await office.fault() is None
        await office.by_hand(change)
        assert await office.fault() == expected, how
        await office.by_hand(mend)


async def test_a_database_brought_back_to_an_earlier_day_is_found_by_an_anchor(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "anchors.jsonl"
    keeper = Anchors(office.database, office.clock, file)
    await office.noted("one", "two", "three")
    earlier = await office.database.read(lambda conn: store.read_end(conn, "head"))
    assert earlier is not None
    await office.noted("four")
    await keeper.drop()
    await keeper.drop()  # nothing new: no line
    office.anchors = read_anchors(file)
    assert [anchor.number for anchor in office.anchors] == [4]
    assert await office.fault() is None

    def roll_back(conn: Connection) -> None:
        conn.execute(delete(audit).where(audit.c.number > earlier.number))
        conn.execute(update(audit_ends).values(number=earlier.number, hash=earlier.hash, seal=earlier.seal))

    await office.by_hand(roll_back)
    assert await office.fault() == (4, "truncated")
    await office.noted("another four", "five")
    assert await office.fault() == (4, "other_past")
    office.anchors = []
    assert await office.fault() is None  # without an anchor kept elsewhere nobody could tell


def test_a_file_that_holds_no_anchors_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "anchors.jsonl"
    assert read_anchors(file) == []
    file.write_text('{"at": 1, "number": 1, "hash": "00"}\nno anchor\n')
    with pytest.raises(AnchorsUnreadable, match="Line 2"):
        read_anchors(file)


async def test_what_is_too_old_goes_from_the_beginning_and_the_rest_still_holds(office: Office) -> None:
    await office.noted("one", "two")
    office.clock.turn(seconds=86_400)
    await office.noted("three", "four")
    assert await office.trail.forget_before(office.clock.now() - 3_600_000) == 2
    assert await office.trail.forget_before(office.clock.now() - 3_600_000) == 0
    rows = await office.database.read(lambda conn: store.read_chain(conn, 0, 10))
    assert [row.action for row in rows] == ["three", "four"]
    assert await office.fault() is None
    await office.noted("five")
    assert await office.fault() is None
    await office.by_hand(lambda conn: conn.execute(delete(audit).where(audit.c.number == 3)))
    assert await office.fault() == (3, "missing")


async def test_rows_wait_in_memory_while_the_storage_takes_none(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: Any, **__: Any) -> None:
        raise ChatError("storage", "full")

    office.trail.later(ANN, Act("seen"))
    with monkeypatch.context() as while_full:
        while_full.setattr(office.database, "write", full)
        with pytest.raises(ChatError):
            await office.trail.settle()
    await office.trail.settle()
    rows = await office.database.read(lambda conn: store.read_chain(conn, 0, 10))
    assert [row.action for row in rows] == ["seen"]
    assert not await office.database.read(lambda conn: conn.execute(select(audit_inbox)).all())
