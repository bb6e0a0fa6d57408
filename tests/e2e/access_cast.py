"""Everybody who may come to a conversation, and the conversations they are tried on."""

import itertools
from dataclasses import dataclass, field

from tests.e2e import access_rows as rows
from tests.people import Person
from tests.serving import Served

RANDOM = "c_9hVtYtZ6m3aP3nCkq3v4Yb"
PLENTY = 1_000
"""Conversations an agent of the cast may hold at once."""


@dataclass
class Cast:
    """One of each kind of person, and a conversation that is none of theirs."""

    served: Served
    staff: dict[str, Person] = field(default_factory=dict)
    foreign: str = ""
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    kept: dict[str, tuple[Person, str]] = field(default_factory=dict)

    async def scene_for(self, actor: str, row: rows.Row) -> tuple[Person, str]:
        """A scene of this actor's own if they may change it, else one that all refused attempts share."""
        if expected(actor, row, "own") == "":
            return await self.scene(actor)
        if actor not in self.kept:
            self.kept[actor] = await self.scene(actor)
        return self.kept[actor]

    async def scene(self, actor: str) -> tuple[Person, str]:
        """The actor, and a fresh conversation to which they stand as their name says."""
        if actor == rows.VISITOR:
            visitor = await self.served.visitor()
            started = await visitor.call("start_conversation", key="k")
            return visitor, started["conversation"]["id"]
        user = await self.served.user(f"user-{next(self.numbers)}")
        for name in (rows.ASSIGNED, rows.FORMER, rows.OFFERED, rows.TIER2):  # what they tried may have sent them away
            await self.staff[name].call("set_presence", status="available")
        serving = rows.FORMER if actor in (rows.FORMER, rows.TIER2) else rows.ASSIGNED
        conversation = await self.served.chat(user, self.staff[serving], skill=serving)
        if actor == rows.OFFERED:
            target = self.staff[rows.OFFERED]
            await self.staff[serving].call("transfer", conversation=conversation, to_agent=target.id)
            await target.wait_for("offer", conversation=conversation)
        if serving == rows.FORMER:
            await self.staff[serving].call("hand_off", conversation=conversation, to_tier=2, reason="chain")
            await self.staff[rows.TIER2].wait_for("agent_assigned", conversation=conversation)
        if actor == rows.OTHER:
            return await self.served.user(f"other-{next(self.numbers)}"), conversation
        return self.staff.get(actor, user), conversation


async def cast_of(served: Served) -> Cast:
    """The staff signed in, and a stranger's conversation with an agent of whom nobody here knows."""
    cast = Cast(served)
    far = await served.available("far", skills=("far",))
    cast.foreign = await served.chat(await served.user("stranger"), far, skill="far")
    for name in rows.PLAIN_AGENTS:
        account = f"agent-{name.replace(' ', '-')}"
        tier = 2 if name == rows.TIER2 else 1
        cast.staff[name] = await served.agent(account, tier=tier, capacity=PLENTY, skills=(name,))
    for role in (rows.LEAD, rows.ADMIN, rows.AUDITOR):
        cast.staff[role] = await served.agent(role, role=role)
    return cast


def expected(actor: str, row: rows.Row, which: str) -> str:
    """The code that comes of it: `""` for anything that is not about who asks; `which` is own, foreign or random."""
    if actor not in row.who:
        return "forbidden"
    if not row.needs:
        return ""
    if row.needs == rows.THING:
        return "not_found"
    sees = which == "own" and actor in rows.RELATED
    if not sees and not (which == "foreign" and actor in rows.SEE_ALL):
        return "not_found"
    return "not_assigned" if actor in rows.NOT_THEIRS[row.needs] else ""
