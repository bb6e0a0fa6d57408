"""Transcripts by mail: asked for over HTTP, put into the outbox, carried to the mail server."""

from typing import Final

import msgspec
from sqlalchemy import Connection

from chatserver.channels import rules
from chatserver.channels.letters import transcript_mail
from chatserver.channels.messages import Mailed, MailTranscript, TranscriptParcel
from chatserver.channels.rules import DAY_MS, MailLimits
from chatserver.channels.smtp import Smtp
from chatserver.conversation import store
from chatserver.conversation.authority import Action
from chatserver.conversation.events import Recorded
from chatserver.conversation.log import Log, head_for
from chatserver.conversation.states import Head
from chatserver.conversation.users import read_user
from chatserver.core.errors import conflict
from chatserver.core.outbox import Draft, Outbox, Parcel, Undeliverable
from chatserver.core.routes import Request, route
from chatserver.core.session import PARTIES, Session

KIND: Final = "transcript_mail"
"""Of parcels that are transcripts for one receiver."""

ROWS_MOST: Final = 1_000
"""Events in a mail; mail servers take a few megabytes, and nobody reads more."""


class MailApi:
    """Asks for mail over HTTP."""

    def __init__(self, log: Log, outbox: Outbox, limits: MailLimits, *, offered: bool) -> None:
        self._log = log
        self._outbox = outbox
        self._limits = limits
        self._offered = offered

    @route(
        "POST",
        "/api/v1/conversations/{id}/transcript/mail",
        result=Mailed,
        roles=PARTIES,
        body=MailTranscript,
        errors=("not_found", "not_assigned", "conflict", "rate_limited"),
    )
    async def mail_transcript(self, request: Request) -> Mailed:
        """Send the public thread, as it is now, to an e-mail address; in the language of the conversation."""
        asked: MailTranscript = request.body
        email = rules.check_address(asked.email)
        caller = request.caller

        def unit(conn: Connection) -> str:
            head = head_for(conn, caller, Action.READ, request.path["id"])
            if not self._offered:
                raise conflict("This server sends no mail. Save the transcript as a file instead.")
            self._check(conn, caller, head, email)
            payload = msgspec.json.encode(TranscriptParcel(head.id, head.public_head, email))
            whose = {"owner": caller.identity, "about": head.id, "person": head.user_id}
            return self._outbox.put(conn, Draft(kind=KIND, target=email, payload=payload, **whose))

        parcel = await self._log.database.write(unit)
        self._outbox.kick()
        return Mailed(parcel)

    def _check(self, conn: Connection, caller: Session, head: Head, email: str) -> None:
        if caller.is_user:
            store.lock_user(conn, caller.subject)
            user = read_user(conn, caller.subject)
            is_visitor = user is None or user.kind == "visitor"
            rules.check_worth(is_visitor=is_visitor, had_agent=head.last_agent is not None)
        since = self._log.clock.now() - DAY_MS
        sent_by = self._outbox.sent_since(conn, KIND, since, owner=caller.identity)
        sent_to = self._outbox.sent_since(conn, KIND, since, target=email)
        most_by = self._limits.one_user if caller.is_user else self._limits.one_agent
        rules.check_amount(sent_by, sent_to, most_by, self._limits.one_address)


class TranscriptMail:
    """Carries transcripts: reads what was said up to the moment of asking, and hands it to the mail server."""

    def __init__(self, log: Log, smtp: Smtp) -> None:
        self._log = log
        self._smtp = smtp

    async def carry(self, parcel: Parcel) -> None:
        """A `Carrier`: what was taken out of the log meanwhile is not sent."""
        wanted = msgspec.json.decode(parcel.payload, type=TranscriptParcel)

        def query(conn: Connection) -> tuple[Head, list[Recorded]] | None:
            head = store.read_head(conn, wanted.conversation)
            if head is None:
                return None
            after = max(0, wanted.until - ROWS_MOST)
            return head, store.read_page(conn, head, "public", after, wanted.until - after)

        found = await self._log.database.read(query)
        if found is None:
            raise Undeliverable("the conversation is gone")
        head, rows = found
        await self._smtp.send(transcript_mail(self._smtp.post, parcel, wanted.email, rows, head.locale))
