"""Erasure of somebody who wrote a great deal: over HTTP, within the deadline of its route, on both databases."""

import time
from typing import Final

from sqlalchemy import Connection

from chatserver.conversation import store
from chatserver.conversation.events import By, MessagePosted
from chatserver.conversation.log import append
from chatserver.conversation.states import Change
from chatserver.trust.privacy.duties import LONG_S
from tests.e2e.test_two_persons import approved
from tests.serving import Served

MANY: Final = 5_000
BATCH: Final = 500
WITHIN_S: Final = LONG_S / 4
"""Ten thousand messages have half of the deadline, whatever else the machine does."""


async def test_a_user_with_thousands_of_messages_is_erased_within_the_deadline(served_on_both: Served) -> None:
    served = served_on_both
    lin = await served.user("lin")
    started = await lin.call("start_conversation", key="k", text="the first of many")
    conversation = started["conversation"]["id"]
    now = served.app.clock.now()

    def unit(conn: Connection) -> None:
        head = store.read_head(conn, conversation, lock=True)
        assert head is not None
        said = tuple(MessagePosted(text="one of many words") for _ in range(BATCH))
        append(conn, head, Change(said), By("user", "lin", "Lin"), now)

    for _ in range(0, MANY, BATCH):
        await served.app.database.write(unit, lane=conversation)
    lead, boss = await served.agent("lead", role="supervisor"), await served.agent("boss", role="admin")
    approval = await approved(served, lead, boss, "erase_user", "user:lin")
    began = time.monotonic()
    erased = await served.post("/api/v1/users/lin/erase", {"approval": approval}, lead)
    assert (erased.status, erased.body["conversations"]) == (200, 1)
    assert erased.body["messages"] > MANY
    assert time.monotonic() - began < WITHIN_S

    def left(conn: Connection) -> list[str]:
        head = store.read_head(conn, conversation)
        assert head is not None
        bodies = [row.read() for row in store.read_page(conn, head, "public", 0, MANY + BATCH)]
        return [body.text for body in bodies if isinstance(body, MessagePosted) and body.text]

    assert await served.app.database.read(left) == []
