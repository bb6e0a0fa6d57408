"""Who has a conversation before their eyes: kept in Redis for a minute, since it is true no longer."""

from typing import Any, Final

import msgspec
import structlog
from msgspec import Struct
from redis.exceptions import RedisError

from chatserver.conversation.authority import Action
from chatserver.conversation.events import AgentInfo
from chatserver.conversation.log import Log, head_for
from chatserver.conversation.states import parties_of
from chatserver.core.audit import Audited
from chatserver.core.commands import command
from chatserver.core.ports import Hub
from chatserver.core.session import AGENTS, Session
from chatserver.desk.messages import Viewers, Viewing, ViewingEvent

KEPT_MS: Final = 60_000
"""Pages say it again every 30 s."""

log = structlog.get_logger(__name__)


class Viewer(Struct, frozen=True):
    """A colleague, and until when it is believed that they look."""

    agent: AgentInfo
    until: int


class ViewingDesk:
    """The command `viewing`."""

    def __init__(self, log_: Log, redis: Any, desk: str, hub: Hub) -> None:
        self._log = log_
        self._redis = redis
        self._desk = desk
        self._hub = hub

    @command(Viewing, result=Viewers, roles=AGENTS, audited=Audited.NEVER)
    async def viewing(self, session: Session, body: Viewing) -> Viewers:
        """Say that one looks, or no longer, and hear who else does."""
        head = await self._log.database.read(
            lambda conn: head_for(conn, session, Action.READ, body.conversation, lock=False)
        )
        own = AgentInfo(session.subject, session.name, session.tier)
        others = [one for one in await self._look(head.id, own, on=body.on) if one.id != own.id]
        told = {one for one in parties_of(head) if one.startswith("agent:")} | {f"agent:{one.id}" for one in others}
        event = ViewingEvent(head.id, own, body.on)
        self._hub.pass_on(told - {session.identity}, "viewing", event, but=session.id)
        return Viewers(others)

    async def _look(self, conversation: str, own: AgentInfo, *, on: bool) -> list[AgentInfo]:
        """Keep that one looks, or not; who looks as far as anybody can tell."""
        key = f"{{{self._desk}}}:viewing:{conversation}"
        now = self._log.clock.now()
        try:
            pipeline = self._redis.pipeline(transaction=False)
            if on:
                pipeline.hset(key, own.id, msgspec.json.encode(Viewer(own, now + KEPT_MS)))
            else:
                pipeline.hdel(key, own.id)
            pipeline.pexpire(key, KEPT_MS)
            pipeline.hvals(key)
            *_, packed = await pipeline.execute()
        except (RedisError, OSError) as error:
            log.debug("viewers_unknown", error=type(error).__name__)
            return []
        found = [msgspec.json.decode(one, type=Viewer) for one in packed]
        return [one.agent for one in found if one.until > now]
