"""The desk over HTTP: who is free, why a conversation went where it went, how good estimates are."""

from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy import Connection

from chatserver.conversation import store as log_store
from chatserver.conversation.authority import Action
from chatserver.conversation.log import head_for
from chatserver.core.audit import Audited
from chatserver.core.routes import Query, Request, route
from chatserver.core.session import AGENTS, STAFF, Role
from chatserver.desk import store
from chatserver.desk.decisions import Decision, EstimateRecord, read_decisions, read_estimates
from chatserver.desk.ground import Ground
from chatserver.desk.messages import PresenceStatus

READERS = AGENTS | {Role.AUDITOR}
"""Who may read about conversations beside the parties; administrators may not."""


class AgentRow(Struct, frozen=True):
    """An agent and their state now; `active` counts offered and active conversations."""

    id: str
    name: str
    tier: int
    skills: list[str]
    status: PresenceStatus
    active: int
    capacity: int


class AgentList(Struct, frozen=True):
    """All agents who may serve conversations."""

    agents: list[AgentRow]


class DecisionList(Struct, frozen=True):
    """The way of one conversation, in order."""

    decisions: list[Decision]


class Lane(Struct, frozen=True):
    """How many wait for a tier and skill; `skill` is empty for the general lane."""

    tier: int
    skill: str
    waiting: int


class LaneList(Struct, frozen=True):
    """Every lane in which somebody waits."""

    lanes: list[Lane]


class Since(Query, frozen=True):
    """How far to look back."""

    hours: Annotated[int, Meta(ge=1, le=24 * 31, description="Hours back from now.")] = 24


class DeskApi:
    """Routes of the desk."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    @route("GET", "/api/v1/agents", result=AgentList, roles=STAFF, audited=Audited.NEVER)
    async def agents(self, request: Request) -> AgentList:
        """Every agent with tier, skills, presence and load: who is free for a transfer."""

        def query(conn: Connection) -> list[AgentRow]:
            states = {one.agent_id: one for one in store.read_presences(conn)}
            return [
                AgentRow(
                    one.id,
                    one.name,
                    one.tier,
                    list(one.skills),
                    store.shown_status(states.get(one.id)),
                    log_store.count_live(conn, one.id),
                    store.limit_of(states.get(one.id), one.capacity),
                )
                for one in self._ground.roster.profiles(conn)
            ]

        return AgentList(await self._ground.log.database.read(query))

    @route("GET", "/api/v1/conversations/{id}/routing", result=DecisionList, roles=READERS)
    async def routing(self, request: Request) -> DecisionList:
        """Every routing decision of a conversation with its reason, in order."""

        def query(conn: Connection) -> list[Decision]:
            head = head_for(conn, request.caller, Action.KNOW, request.path["id"], lock=False)
            return read_decisions(conn, head.number)

        return DecisionList(await self._ground.log.database.read(query))

    @route("GET", "/api/v1/desk/lanes", result=LaneList, roles=STAFF, audited=Audited.NEVER)
    async def lanes(self, request: Request) -> LaneList:
        """How many wait for each tier and skill now."""
        lengths = await self._ground.queue.lengths()
        return LaneList([Lane(tier, skill, count) for (tier, skill), count in lengths.items()])

    @route("GET", "/api/v1/desk/estimates", result=EstimateRecord, roles=STAFF, query=Since, audited=Audited.NEVER)
    async def estimates(self, request: Request) -> EstimateRecord:
        """Expected waits that users were told, judged against what happened."""
        since = self._ground.log.clock.now() - request.query.hours * 3_600_000
        return await self._ground.log.database.read(lambda conn: read_estimates(conn, since))
