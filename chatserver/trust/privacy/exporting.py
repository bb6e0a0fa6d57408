"""Export of one user: everything that is kept of them, as one JSON document."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, select

from chatserver.conversation.exporting import export_lines
from chatserver.conversation.tables import users
from chatserver.conversation.users import read_user
from chatserver.core.errors import not_found
from chatserver.core.personal import PersonalData, Subject
from chatserver.trust.audit.reading import entries_about
from chatserver.trust.audit.trail import Trail
from chatserver.trust.privacy.subjects import subject_of

FORMAT: Final = "chatserver.user/1"
"""What the document says that it is."""


class Exporting:
    """Exports users. `shares` are the rooms' parts."""

    def __init__(self, trail: Trail, shares: Sequence[PersonalData]) -> None:
        self._trail = trail
        self._database = trail.database
        self._shares = shares

    async def export(self, user: str) -> bytes:
        """The document: `format`, `exported_at`, `user`, `conversations`, each share by its name, `audit`.

        `conversations` are as `chatserver export` gives them: events of both threads, ratings and notes among them.
        `audit` is what staff did that concerns the user. Raises `not_found`.
        """
        subject = await self._database.read(partial(subject_of, user=user))
        if subject is None:
            raise not_found("user")
        await self._trail.settle()  # what staff did a moment ago belongs in it, too
        conversations = [msgspec.Raw(line) async for line in export_lines(self._database, user=user)]
        told = await self._database.read(partial(self._told, subject=subject))
        document = {"format": FORMAT, "exported_at": self._trail.clock.now(), **told, "conversations": conversations}
        return msgspec.json.format(msgspec.json.encode(document), indent=1)

    def _told(self, conn: Connection, *, subject: Subject) -> dict[str, Any]:
        known = read_user(conn, subject.user)
        created_at = conn.execute(select(users.c.created_at).where(users.c.id == subject.user)).scalar()
        shares = {share.name: share.export(conn, subject) for share in self._shares}
        objects = [f"user:{subject.user}", *(f"conversation:{one}" for one in subject.conversations.values())]
        return {"user": known, "created_at": created_at, **shares, "audit": entries_about(conn, objects)}
