"""Wallet users as they come in: named by the host app, or anonymous with a key of their own."""

import secrets
from typing import Final

import structlog
from msgspec.structs import replace
from sqlalchemy.exc import IntegrityError

from chatserver.conversation.masking import masked_name
from chatserver.conversation.users import User, read_user, read_visitor, remember_user
from chatserver.core.ids import new_id
from chatserver.core.ports import Clock, Database, Shield
from chatserver.core.text import shown_name
from chatserver.trust.identity import Identity
from chatserver.trust.links import Official
from chatserver.trust.privacy.profiles import Contact, keep_contact, read_contact
from chatserver.trust.proof.names import is_reserved, neutral_name

log = structlog.get_logger(__name__)

VISITOR_NAMES: Final = {"zh-CN": "访客", "en": "Visitor"}

DEFAULT_LOCALE: Final = "en"

VISITOR_KEY_BYTES: Final = 32
"""Whoever has the key is the visitor, so it must be beyond guessing."""

_LONGEST_KEY: Final = 128


class People:
    """Finds users and keeps what is known of them."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        shield: Shield,
        shown_names: str = "whole",
        official: Official | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._shield = shield
        self._first_only = shown_names == "first"
        self._official = official or Official([])

    async def signed(self, identity: Identity, locale: str | None, *, remember: bool) -> User:
        """The user whom the host app named, kept when `remember`.

        `locale` is the wish of this device and wins over the token's.
        """
        known = await self._database.read(lambda conn: read_user(conn, identity.user))
        user = User(
            identity.user,
            "signed",
            self._name(identity) or (known.name if known else shown_name(self._shield.clean(identity.sub).text)),
            locale or identity.locale or (known.locale if known else DEFAULT_LOCALE),
            identity.vip,
            known.last_agent if known else None,
        )
        if remember and user != known:
            await self._remember(user)
        if remember and (identity.email or identity.phone or identity.wallet):
            await self._reach(user.id, Contact(identity.email, identity.phone, identity.wallet))
        return user

    async def _reach(self, user: str, contact: Contact) -> None:
        """Keep how the host app says the user can be reached; a read, unless it is news."""
        if await self._database.read(lambda conn: read_contact(conn, user)) != contact:
            now = self._clock.now()
            await self._database.write(lambda conn: keep_contact(conn, user, contact, now), lane=user)

    def _name(self, identity: Identity) -> str:
        """The name in the token, which some apps let their users choose."""
        name = shown_name(self._shield.clean(identity.name).text) if identity.name else ""
        if name and is_reserved(name, self._official):
            log.warning("reserved_name", user=identity.user)
            return neutral_name(identity.user, identity.locale or DEFAULT_LOCALE)
        return masked_name(name) if self._first_only else name

    async def returning(self, visitor_key: str, locale: str | None, *, remember: bool) -> User | None:
        """The anonymous user to whom the key was given, or None."""
        if not visitor_key.isascii() or len(visitor_key) > _LONGEST_KEY:
            return None
        known = await self._database.read(lambda conn: read_visitor(conn, visitor_key))
        if known is None or locale in {None, known.locale}:
            return known
        user = replace(known, locale=locale)
        if remember:
            await self._remember(user)
        return user

    async def new_visitor(self, locale: str | None) -> tuple[User, str]:
        """A new anonymous user and the key with which they can return; only its digest is kept."""
        tongue = locale or DEFAULT_LOCALE
        visitor = new_id("v")
        # The end of the id tells one visitor from the next in a list.
        user = User(visitor, "visitor", f"{VISITOR_NAMES[tongue]} {visitor[-4:]}", tongue, vip=False)
        key = secrets.token_urlsafe(VISITOR_KEY_BYTES)
        await self._remember(user, key)
        return user, key

    async def _remember(self, user: User, visitor_key: str | None = None) -> None:
        async def write() -> None:
            now = self._clock.now()
            await self._database.write(
                lambda conn: remember_user(conn, user, now, visitor_key=visitor_key), lane=user.id
            )

        try:
            await write()
        except IntegrityError:  # two first connects on two processes; the second time it is known
            await write()
