"""Need to know: staff see users masked, and one field in clear when they say why."""

from typing import Final

from msgspec import UNSET
from sqlalchemy import Connection, select

from chatserver.conversation.authority import Action
from chatserver.conversation.log import head_for
from chatserver.conversation.tables import conversations, parties
from chatserver.core.audit import Act
from chatserver.core.errors import conflict, invalid, not_found
from chatserver.core.ports import Audit, Clock, Database
from chatserver.core.session import Role, Session
from chatserver.trust.oversight.approvals import Approvals
from chatserver.trust.oversight.watch import Watch
from chatserver.trust.privacy.messages import ProfileField, Revealed, RevealField, UserProfile, Watermark
from chatserver.trust.privacy.profiles import Known, masked, read_known, reveal, revealed_until

REVEALED_MS: Final = 600_000
"""How long a field stays in clear."""


class Looking:
    """What staff see of a user."""

    def __init__(self, database: Database, clock: Clock, audit: Audit, watch: Watch, approvals: Approvals) -> None:
        self._database = database
        self._clock = clock
        self._audit = audit
        self._watch = watch
        self._approvals = approvals

    async def profile(self, session: Session, user: str) -> UserProfile:
        """A user masked, but for what is revealed to this session. Raises `not_found`, `rate_limited`."""
        await self._database.read(lambda conn: check_known(conn, session, user))
        await self._watch.take(session, "profiles", user)
        now = self._clock.now()

        def query(conn: Connection) -> UserProfile:
            known = check_known(conn, session, user)
            return _shown(known, revealed_until(conn, session.identity, user, now))

        return await self._database.read(query)

    async def reveal(self, session: Session, user: str, asked: RevealField) -> Revealed:
        """One field in clear for ten minutes. Raises `not_found`, `conflict`, `invalid`, `rate_limited`."""
        await self._database.read(lambda conn: self._checked(conn, session, user, asked))
        await self._watch.take(session, "reveals", f"{user} {asked.field}")
        until = self._clock.now() + REVEALED_MS

        def unit(conn: Connection) -> str:
            value = self._checked(conn, session, user, asked)
            reveal(conn, session.identity, user, [asked.field], until)
            fields = {"field": asked.field, "conversation": asked.conversation}
            self._audit.note(conn, session.actor, Act("revealed", f"user:{user}", asked.reason, fields=fields))
            return value

        value = await self._database.write(unit)
        return Revealed(asked.field, value, until, self.watermark(session))

    async def unmask(self, session: Session, user: str, approval: str) -> UserProfile:
        """All fields in clear for ten minutes, after somebody else has approved it."""
        now = self._clock.now()

        def unit(conn: Connection) -> UserProfile:
            known = check_known(conn, session, user)
            used = self._approvals.use(conn, session, approval, "unmask_user", f"user:{user}")
            until = (used.decided_at or now) + REVEALED_MS
            reveal(conn, session.identity, user, known.fields, until)
            act = Act("unmasked", f"user:{user}", used.reason, fields={"approval": approval})
            self._audit.note(conn, session.actor, act)
            return _shown(known, dict.fromkeys(known.fields, until))

        return await self._database.write(unit)

    def _checked(self, conn: Connection, session: Session, user: str, asked: RevealField) -> str:
        """The value asked for, if this session has to do with this user's conversation."""
        head = head_for(conn, session, Action.READ, asked.conversation, lock=False)
        if head.user_id != user:
            raise conflict("This conversation is another user's.")
        known = read_known(conn, user)
        if known is None:
            raise not_found("user")
        value = known.fields.get(asked.field)
        if value is None:
            raise invalid("field", "Nothing of that name is known of this user.")
        return value

    def watermark(self, session: Session) -> Watermark:
        """What a screen that shows somebody's data bears."""
        return Watermark(f"{session.name} · {session.subject[-6:]}", session.subject, self._clock.now())


def check_known(conn: Connection, session: Session, user: str) -> Known:
    """What is known of a user, for staff who have to do with them; else `not_found`."""
    known = read_known(conn, user)
    if known is None or (session.role is Role.AGENT and not _has_to_do(conn, session.subject, user)):
        raise not_found("user")
    return known


def _has_to_do(conn: Connection, agent: str, user: str) -> bool:
    """Whether a conversation of the user is or was assigned to this agent."""
    theirs = select(parties.c.conversation).where(parties.c.agent_id == agent, parties.c.assigned)
    query = select(conversations.c.number).where(conversations.c.user_id == user, conversations.c.number.in_(theirs))
    return conn.execute(query.limit(1)).first() is not None


def _shown(known: Known, open_until: dict[str, int]) -> UserProfile:
    user, visitor = known.user, known.user.kind == "visitor"
    fields = []
    for name, value in known.fields.items():
        until = open_until.get(name)
        if until is None:
            seen = masked(name, value, visitor=visitor)
            fields.append(ProfileField(name, seen, masked=seen != value))
        else:
            fields.append(ProfileField(name, value, masked=False, until=until or UNSET))
    kind = "visitor" if visitor else "signed"
    return UserProfile(user.id, kind, not visitor, user.locale, user.vip, known.since, fields)  # type: ignore[arg-type]
