"""Short signed links to the bytes of an attachment, each for one person only."""

import hashlib
import hmac
from typing import Final

from chatserver.conversation.states import Head
from chatserver.core.session import Session

LIFE_MS: Final = 60_000
"""A link is asked for when it is used; nobody keeps one."""

_LONGEST: Final = 100


class Links:
    """Signs and checks links. One that was given before a change of owner, or before the end, is void after it."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def path(self, attachment: str, head: Head, session: Session, now: int) -> str:
        """Where this session, and nobody else, fetches the bytes within a minute."""
        until = now + LIFE_MS
        return f"/api/v1/attachments/{attachment}/content?link={until}.{self._sign(attachment, head, session, until)}"

    def holds(self, link: str, attachment: str, head: Head, session: Session, now: int) -> bool:
        """Whether a link was given to this person for this file, and still stands."""
        until, _, signature = link[:_LONGEST].partition(".")
        if not until.isascii() or not until.isdigit() or not now < int(until) <= now + LIFE_MS:
            return False
        wanted = self._sign(attachment, head, session, int(until))
        return hmac.compare_digest(wanted.encode(), signature.encode("utf-8", "replace"))

    def _sign(self, attachment: str, head: Head, session: Session, until: int) -> str:
        said = "\n".join((attachment, session.identity, str(until), str(head.epoch), str(head.is_open)))
        return hmac.new(self._secret, said.encode(), hashlib.sha256).hexdigest()[:40]
