"""What is kept of a user by privacy itself, and which tables hold nothing of any user."""

from typing import Any, Final

from sqlalchemy import Connection, delete, select, update

from chatserver.conversation.tables import users
from chatserver.core.personal import Subject
from chatserver.trust.privacy.profiles import CONTACTS, read_contact
from chatserver.trust.privacy.tables import profiles, reveals

OF_THE_LOG: Final = frozenset({"conversations", "events", "search_pending", "search_messages"})
"""What the log keeps: emptied by `conversation.forgetting`, unreadable once the user's key is destroyed."""

OF_NO_USER: Final[dict[str, str]] = {
    "agents": "accounts of staff",
    "anonymised": "numbers of conversations",
    "alerts": "about staff",
    "approvals": "what staff ask; the reason is sealed with the user's key",
    "audit": "ids; reasons are sealed with the user's key; kept for its own time",
    "audit_ends": "hashes",
    "audit_inbox": "as audit",
    "agent_links": "sockets of staff",
    "authenticators": "staff",
    "catalogue": "words of the desk",
    "challenges": "staff",
    "consults": "numbers of questions; the question is an event",
    "data_keys": "the keys themselves; a destroyed one names nobody",
    "holds": "ids and the reason, which outlives whatever it is about",
    "leases": "the servers",
    "looks": "what staff looked at, for a day",
    "master_keys": "keys",
    "parties": "ids of agents",
    "passkeys": "staff",
    "presence": "staff",
    "processes": "the servers",
    "proof_misses": "staff",
    "recovery_codes": "staff",
    "refresh_families": "staff",
    "refresh_tokens": "staff",
    "root_leaves": "ids and links of conversations",
    "roots": "hashes",
    "sent_keys": "digests of keys that clients made up",
    "signing_keys": "keys",
    "start_keys": "the same",
    "step_ups": "staff",
}
"""Every other table, and why nothing in it is a user's."""


class UserShare:
    """Name, contact, and what staff were shown of them; implements `core.personal.PersonalData`."""

    name = "profile"
    tables = frozenset({"users", "profiles", "reveals"})

    def export(self, conn: Connection, subject: Subject) -> list[dict[str, Any]]:
        """How the host app says that the user can be reached, and who of the staff was shown which field last."""
        contact = read_contact(conn, subject.user)
        shown = conn.execute(select(reveals).where(reveals.c.user_id == subject.user)).all()
        reached = {name: getattr(contact, name) for name in CONTACTS}
        return [reached | {"shown_to": [{"agent": row.agent, "field": row.field, "until": row.until} for row in shown]}]

    def erase(self, conn: Connection, subject: Subject, now: int) -> int:
        """Of the user only the id stays: rows of the log name it. A visitor's key opens nothing any more."""
        nobody = {"name": "", "vip": False, "visitor_digest": None, "last_agent": None}
        conn.execute(update(users).where(users.c.id == subject.user).values(**nobody))
        conn.execute(delete(reveals).where(reveals.c.user_id == subject.user))
        return conn.execute(delete(profiles).where(profiles.c.user_id == subject.user)).rowcount + 1
