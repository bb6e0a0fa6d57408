"""How the log's costs grow with what is stored: appends, pages and searches with more and more rows beside them.

The rows are the product's own, sealed, linked and indexed. From the first hundred thousand on they are copied within
the database: copies cannot be opened, but fill tables and indexes as real ones do.
"""

import asyncio
import random
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from sqlalchemy import Connection, func, select, text

from chatserver.conversation import store
from chatserver.conversation.events import MessagePosted
from chatserver.conversation.guard import Held
from chatserver.conversation.listing import Wanted, read_list
from chatserver.conversation.posting import Posting
from chatserver.conversation.search import index_everything
from chatserver.conversation.states import Change, Head
from chatserver.conversation.tables import conversations, events
from chatserver.core.session import Role, Session
from chatserver.loadtest.dialogues import read_dialogues
from tests.bench.plot import PICTURES, svg_of
from tests.bench.scenes import Figures, Plan
from tests.contract.log_house import LogHouse
from tests.vaults import sealed_database

LENGTH: Final = 50
"""Messages of a stored conversation."""

WRITTEN: Final = 2_000
"""Conversations that are written by the product itself before rows are copied."""

STAGES: Final = (100_000, 1_000_000, 10_000_000)
LONG: Final = (100, 1_000, 10_000, 50_000)
"""Messages of one conversation at which its costs are measured."""

ASKED: Final = 200
"""Pages and searches of one measurement."""

SEARCHES: Final = {
    "a word of many messages": "订单",
    "two words of one message": "withdrawal pending",
    "a word that nobody wrote": "zeppelin",
    "two frequent words that no message has both of": "提现 订单",
}
"""What is searched for by what is there to be found."""

AUDITOR: Final = Session("s", Role.AUDITOR, "a_auditor", "Auditor")


class Desk:
    """A log that is filled and measured."""

    def __init__(self, house: LogHouse) -> None:
        self.house = house
        self.posting = Posting(house.log)
        self.said = [turn.text for dialogue in read_dialogues() for turn in dialogue.turns]
        self.random = random.Random(1)
        self.begun = 0

    async def begin(self, count: int) -> list[Session]:
        """Users with a conversation each."""
        users = [Session(f"s{n}", Role.USER, f"u{n}", f"User {n}") for n in range(self.begun, self.begun + count)]
        self.begun += count
        for user in users:
            await self.house.begin(f"c_{user.subject}", user)
        return users

    async def say(self, users: list[Session], turns: int) -> None:
        """Everybody says so many things, one after the other, all at the same time."""
        for _ in range(turns):
            await asyncio.gather(*(self.post(user) for user in users))

    async def post(self, user: Session) -> None:
        """Say something."""
        said = self.random.choice(self.said)

        def decide(_: Connection, __: Head) -> tuple[Change, Held | None]:
            return Change((MessagePosted(text=said),)), None

        key = f"k{self.random.getrandbits(60)}"
        await self.posting.post(user, f"c_{user.subject}", key, decide, alone=False)

    async def fill(self, wanted: int) -> None:
        """Have so many messages stored and indexed."""
        while True:
            stored, last = await self.house.database.read(_extent)
            if stored >= wanted:
                return
            if self.begun < WRITTEN:
                await self.say(await self.begin(250), LENGTH)
                await index_everything(self.house.database)
            else:
                most = min(wanted - stored, stored) // LENGTH
                await self.house.database.write(lambda conn, last=last, most=most: _copy(conn, last, most))  # type: ignore[misc]

    async def append_us(self) -> float:
        """Processor time of one message among many, in microseconds: 200 people, 20 each; indexed as well."""
        users = await self.begin(200)
        began = time.process_time()
        await self.say(users, 20)
        await index_everything(self.house.database)
        return (time.process_time() - began) / 4_000 * 1e6

    async def page_us(self, heads: list[Head]) -> float:
        """Processor time of reading a page of fifty."""
        began = time.process_time()
        for _ in range(ASKED):
            head = self.random.choice(heads)
            first = max(0, head.public_head - LENGTH)
            rows = await self.house.database.read(
                lambda conn, head=head, first=first: store.read_page(conn, head, "public", first, LENGTH)  # type: ignore[misc]
            )
            assert len(rows) == LENGTH
        return (time.process_time() - began) / ASKED * 1e6

    async def search_us(self, query: str) -> float:
        """Processor time of one search for the newest twenty conversations."""
        began = time.process_time()
        for _ in range(ASKED // 10):
            await self.house.database.read(lambda conn: read_list(conn, AUDITOR, Wanted(20, query)))
        return (time.process_time() - began) / (ASKED // 10) * 1e6


def _extent(conn: Connection) -> tuple[int, int]:
    """How many messages there are, and the highest number of a conversation."""
    count = conn.execute(select(func.count()).select_from(events)).scalar_one()
    last = conn.execute(select(func.coalesce(func.max(events.c.conversation), 0))).scalar_one()
    return count, last


def _copy(conn: Connection, last: int, most: int) -> None:
    """Copy the first conversations, rows, keys and index, behind the last."""
    names = [column.key for column in conversations.c if column.key not in ("number", "id", "user_id")]
    listed = ", ".join(f'"{name}"' for name in names)
    given: dict[str, Any] = {"last": last, "most": most}
    conn.execute(
        text(
            f"INSERT INTO conversations (number, id, user_id, {listed}) "
            f"SELECT number + :last, id || '-' || :last, user_id || '-' || :last, {listed} "
            "FROM conversations WHERE number <= :most"
        ),
        given,
    )
    for table, columns in (
        ("events", [column.key for column in events.c if column.key != "conversation"]),
        ("sent_keys", ["digest", "thread", "seq"]),
    ):
        listed = ", ".join(f'"{name}"' for name in columns)
        conn.execute(
            text(
                f"INSERT INTO {table} (conversation, {listed}) SELECT conversation + :last, {listed} "
                f"FROM {table} WHERE conversation <= :most"
            ),
            given,
        )
    conn.execute(
        text(
            "INSERT INTO search_messages (rowid, tokens) SELECT rowid + (:last << 24), tokens FROM search_messages "
            "WHERE rowid < (:most + 1) << 24"
        ),
        given,
    )


def growth(plan: Plan) -> list[Figures]:
    """Costs by rows stored, up to `--rows`, and by the length of one conversation."""
    with TemporaryDirectory(prefix="bench-") as folder:
        return asyncio.run(_growth(f"sqlite:///{Path(folder) / 'log.db'}", plan))


async def _growth(url: str, plan: Plan) -> list[Figures]:
    curves: dict[str, list[tuple[float, float]]] = {}
    figures: list[Figures] = []

    def keep(stage: str, x: float, name: str, us: float) -> None:
        figure = Figures(f"{name}, {stage}", "µs of CPU", "lower")
        figure.add("product", us)
        figures.append(figure)
        curves.setdefault(name, []).append((x, us))

    async with sealed_database(url, make_tables=True) as database:
        desk = Desk(LogHouse(database))
        for rows in (one for one in STAGES if one <= plan.rows):
            await desk.fill(rows)
            heads = [await desk.house.head(f"c_u{number}") for number in range(100)]
            stage = f"{rows:,} messages stored"
            await desk.append_us()  # what a copy has left to do is not the next message's cost
            keep(stage, rows, "append, with its index", await desk.append_us())
            keep(stage, rows, "a page of 50", await desk.page_us(heads))
            for name, query in SEARCHES.items():
                keep(stage, rows, f"search, {name}", await desk.search_us(query))
        picture = svg_of("Processor time by rows stored", "messages stored", "µs", curves)
        (PICTURES / "growth.svg").write_text(picture, encoding="utf-8")
        (user,) = await desk.begin(1)
        said = 0
        for length in LONG:
            for _ in range(said, length - 250, 250):
                await asyncio.gather(*(desk.post(user) for _ in range(250)))
            began = time.process_time()
            for _ in range(100):
                await desk.post(user)
            us = (time.process_time() - began) / 100 * 1e6
            said = (await desk.house.head(f"c_{user.subject}")).public_head
            keep(f"{length:,} messages in the conversation", length, "append, one at a time", us)
            head = await desk.house.head(f"c_{user.subject}")
            keep(f"{length:,} messages in the conversation", length, "the last page", await desk.page_us([head]))
    return figures
