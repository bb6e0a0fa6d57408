"""Legal hold: what may not be deleted, whoever asks and however old it is."""

from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Row, select, text, update
from sqlalchemy import insert as insert_into

from chatserver.core.audit import Act, Actor
from chatserver.core.errors import ChatError, conflict, not_found
from chatserver.core.ids import new_id
from chatserver.core.personal import Subject
from chatserver.core.ports import Audit, Clock, Database
from chatserver.core.sealing import open_text, seal_text
from chatserver.trust.privacy.subjects import conversation_exists, subject_of
from chatserver.trust.privacy.tables import holds

OWN = ":desk"
"""A reason for a hold must outlive whatever it is about."""


class Hold(Struct, frozen=True, kw_only=True):
    """A legal hold on `user:ID` or `conversation:ID`; times are milliseconds since 1970."""

    id: str
    object: str
    reason: str
    placed_by: str
    placed_at: int
    lifted_by: str | None = None
    lifted_at: int | None = None


def _hold_of(conn: Connection, row: Row[Any]) -> Hold:
    fields = {name: getattr(row, name) for name in Hold.__struct_fields__ if name != "reason"}
    return Hold(**fields, reason=open_text(conn, f"holds|{row.id}", row.reason))


def held(conn: Connection, subject: Subject) -> list[str]:
    """What of a user is held: the user, or some of their conversations."""
    objects = [f"user:{subject.user}", *(f"conversation:{one}" for one in subject.conversations.values())]
    query = select(holds.c.object).where(holds.c.lifted_at.is_(None))
    standing = set(conn.execute(query).scalars())
    return [one for one in objects if one in standing]


def keep_holds(conn: Connection) -> None:
    """Let no hold be placed until this transaction has deleted what is not held: else it would come too late."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("LOCK TABLE holds IN SHARE MODE"))


def _announce(conn: Connection) -> None:
    """Wait for whoever is deleting just now, before it is looked at what there is to hold."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("LOCK TABLE holds IN ROW EXCLUSIVE MODE"))


def refuse_held(what: list[str]) -> ChatError:
    """Somebody wants to delete what is held."""
    return conflict(f"A legal hold stands on {', '.join(what[:5])}. Nothing was deleted; lift the hold first.")


class Holds:
    """The verbs of legal hold."""

    def __init__(self, database: Database, clock: Clock, audit: Audit) -> None:
        self._database = database
        self._clock = clock
        self._audit = audit

    async def place(self, actor: Actor, object_: str, reason: str) -> Hold:
        """Let nothing of it be deleted from now on. Raises `not_found`."""
        hold = Hold(id=new_id("h"), object=object_, reason=reason, placed_by=actor.id, placed_at=self._clock.now())

        def unit(conn: Connection) -> Hold:
            _announce(conn)
            _check_known(conn, object_)
            values = {name: getattr(hold, name) for name in Hold.__struct_fields__}
            values["reason"] = seal_text(conn, OWN, f"holds|{hold.id}", reason)
            conn.execute(insert_into(holds).values(**values))
            act = Act("hold_placed", object_, reason, fields={"hold": hold.id}, keep=True)
            self._audit.note(conn, actor, act)
            return hold

        return await self._database.write(unit)

    async def lift(self, actor: Actor, hold: str, reason: str) -> Hold:
        """Let it be deleted again. Raises `not_found`, `conflict` when it was lifted already."""

        def unit(conn: Connection) -> Hold:
            row = conn.execute(select(holds).where(holds.c.id == hold).with_for_update()).first()
            if row is None:
                raise not_found("hold")
            if row.lifted_at is not None:
                raise conflict("This hold was lifted already.")
            lifted = {"lifted_by": actor.id, "lifted_at": self._clock.now()}
            conn.execute(update(holds).where(holds.c.id == hold).values(**lifted))
            act = Act("hold_lifted", row.object, reason, fields={"hold": hold}, keep=True)
            self._audit.note(conn, actor, act)
            return _hold_of(conn, conn.execute(select(holds).where(holds.c.id == hold)).one())

        return await self._database.write(unit)

    async def list(self) -> list[Hold]:
        """Every hold, those that stand first."""

        def query(conn: Connection) -> list[Hold]:
            rows = conn.execute(select(holds).order_by(holds.c.placed_at.desc())).all()
            return sorted((_hold_of(conn, row) for row in rows), key=lambda one: one.lifted_at is not None)

        return await self._database.read(query)


def _check_known(conn: Connection, object_: str) -> None:
    kind, _, id_ = object_.partition(":")
    known = conversation_exists(conn, id_) if kind == "conversation" else subject_of(conn, id_) is not None
    if not known:
        raise not_found(kind)
