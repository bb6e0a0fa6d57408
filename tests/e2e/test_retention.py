"""Closed conversations go by rule, on both databases, unless a legal hold stands; every chain holds afterwards."""

import json
from typing import Any

from chatserver.operations import hold, retain, verify_all
from tests.e2e.conftest import Serve
from tests.e2e.test_audit import rows
from tests.people import Person
from tests.serving import Served

RULES = json.dumps([{"days": 30, "do": "delete", "disposition": "spam"}, {"days": 90}])
DAY_S = 86_400


async def ended(served: Served, name: str, disposition: str) -> tuple[str, Person]:
    """A conversation with a message and a note that is over."""
    zhou, user = await served.available("zhou"), await served.user(name)
    conversation = await served.chat(user, zhou, attributes={"order": f"order of {name}"})
    await user.call("send_message", conversation=conversation, key="m", text=f"words of {name}")
    await zhou.call("add_note", conversation=conversation, key="n", text=f"note about {name}")
    await zhou.call("close_conversation", conversation=conversation, disposition=disposition)
    return conversation, user


async def test_what_is_old_goes_by_its_rule_and_what_is_held_stays(serve: Serve, database_url: str) -> None:
    more = {"database_url": database_url} if database_url.startswith("postgresql") else {}
    served = await serve(retention=RULES, **more)
    spam, _ = await ended(served, "may", "spam")
    solved, _ = await ended(served, "lin", "solved")
    kept, _ = await ended(served, "kim", "solved")
    settings = served.app.settings
    await hold(settings, f"conversation:{kept}", "Court order")
    housekeeping = served.app.rights.housekeeping
    await housekeeping.look()
    assert await retain(settings, dry=True) == {"anonymise": 0, "delete": 0, "held": 0}

    served.clock.turn(seconds=91 * DAY_S)
    dry = await served.app.rights.retention.run(dry=True)
    assert dry == {"anonymise": 1, "delete": 1, "held": 1}
    lead = await served.agent("lead", role="supervisor")
    assert "words of lin" in str((await served.get(f"/api/v1/conversations/{solved}/transcript", lead)).body)
    await housekeeping.look()

    assert (await served.get(f"/api/v1/conversations/{spam}", lead)).status == 404
    emptied = (await served.get(f"/api/v1/conversations/{solved}/transcript", lead)).body["events"]
    assert [(one["text"], one["removed"]) for one in emptied if one["type"] == "message_posted"] == [("", ["erased"])]
    notes = await served.get(f"/api/v1/conversations/{solved}/transcript", lead, thread="internal")
    assert "note about" not in str(notes.body)
    assert "words of kim" in str((await served.get(f"/api/v1/conversations/{kept}/transcript", lead)).body)
    found = await served.get("/api/v1/conversations", lead, query="words")
    assert [one["id"] for one in found.body["conversations"]] == [kept]
    said: list[dict[str, Any]] = []
    assert await verify_all(settings, said.append) == 0, said
    auditor = await served.agent("audit", role="auditor")
    told = [(row["action"], row["object"]) for row in await rows(served, auditor, actor="system")]
    assert sorted(told) == sorted([("deleted", f"conversation:{spam}"), ("anonymised", f"conversation:{solved}")])
    # Once done it is done, and a user of whom all is gone begins anew with the same key.
    assert await served.app.rights.retention.run() == {"anonymise": 0, "delete": 0, "held": 1}
    may = await served.user("may")
    assert (await may.call("start_conversation", key="again", text="hello"))["duplicate"] is False


async def test_one_process_does_the_housekeeping_for_all(serve: Serve) -> None:
    served = await serve(retention=RULES)
    spam, _ = await ended(served, "may", "spam")
    served.clock.turn(seconds=31 * DAY_S)
    done: list[str] = []
    retention = served.app.rights.retention

    class Counted:
        async def run(self) -> dict[str, int]:
            done.append("run")
            return await retention.run()

    served.app.rights.housekeeping._retention = Counted()  # type: ignore[assignment]
    for _ in range(3):
        await served.app.rights.housekeeping.look()
    assert done == ["run"]
    served.clock.turn(seconds=3_601)
    await served.app.rights.housekeeping.look()
    assert done == ["run", "run"]
    lead = await served.agent("lead", role="supervisor")
    assert (await served.get(f"/api/v1/conversations/{spam}", lead)).status == 404
