"""Commands: one Struct, one function; names, roles, limits, docs and replies follow from them."""

import json
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from chatserver.core.audit import DONE, REFUSALS, Audited
from chatserver.core.deadlines import Deadlines
from chatserver.core.doing import DOING
from chatserver.core.errors import ChatError, forbidden, invalid, retry
from chatserver.core.ports import About, Review, Shield, Witness
from chatserver.core.session import AGENTS, STAFF, Role, Session
from chatserver.core.text import FREE_FIELDS, LONG_FIELDS, SHOWN_FIELDS, refuse_unstorable

DEADLINE_S: Final = 5.0
"""A command is answered within this time; below the ping timeout, above the busy timeout."""


class Command(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """Base of every command body: unknown fields are refused, absent optional ones stay unset."""


Handler = Callable[[Any, Session, Any], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """What is known of a command without running it.

    `name` on the wire, `body` and `result` Structs, `roles` that may send it, `deadline_s`, and how often it is
    `audited` when staff send it.
    """

    name: str
    body: type[Command]
    result: type[Any]
    roles: frozenset[Role]
    deadline_s: float
    summary: str
    audited: Audited = Audited.ALWAYS


def command(
    body: type[Command],
    *,
    result: type[Any],
    roles: frozenset[Role],
    deadline_s: float = DEADLINE_S,
    audited: Audited = Audited.ALWAYS,
) -> Callable[[Handler], Handler]:
    """Make a method `(self, session, body) -> result` the handler of a command.

    The name on the wire is the Struct's in snake case: `SendMessage` is `send_message`.
    """

    def mark(handler: Handler) -> Handler:
        summary = (body.__doc__ or "").strip()
        spec = CommandSpec(snake_case(body.__name__), body, result, roles, deadline_s, summary, audited)
        handler.__dict__["command_spec"] = spec
        return handler

    return mark


def snake_case(name: str) -> str:
    """`SendMessage` → `send_message`."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def specs_of(rooms: Iterable[type]) -> dict[str, CommandSpec]:
    """The commands that classes declare, by name."""
    found: dict[str, CommandSpec] = {}
    for room in rooms:
        for attribute in vars(room).values():
            spec = getattr(attribute, "command_spec", None)
            if isinstance(spec, CommandSpec):
                found[spec.name] = spec
    return found


@dataclass(frozen=True, slots=True)
class _Entry:
    spec: CommandSpec
    decoder: msgspec.json.Decoder[Any]
    handler: Callable[[Session, Any], Awaitable[Any]]


class Registry:
    """All commands of a running server; the one place where they are checked and run.

    The shield takes secrets out of all free text before a handler sees it, but for `text`: who posts a message tells
    what was taken out of it. The witness sees what staff send, and how it ended.
    """

    def __init__(
        self,
        rooms: Iterable[object],
        shield: Shield | None = None,
        witness: Witness | None = None,
        review: Review | None = None,
    ) -> None:
        self._shield = shield
        self._review = review
        self._witness = witness
        self._entries: dict[str, _Entry] = {}
        for room in rooms:
            for attribute, function in vars(type(room)).items():
                spec = getattr(function, "command_spec", None)
                if isinstance(spec, CommandSpec):
                    decoder = msgspec.json.Decoder(spec.body)
                    self._entries[spec.name] = _Entry(spec, decoder, getattr(room, attribute))
        self._deadlines = {seconds: Deadlines(seconds) for seconds in {one.deadline_s for one in self.specs.values()}}

    @property
    def specs(self) -> dict[str, CommandSpec]:
        """The commands by name."""
        return {name: entry.spec for name, entry in self._entries.items()}

    async def run(self, session: Session, name: str, body: bytes) -> Any:
        """Check and run one command: name, role, shape, then whatever its handler checks.

        `body` is the JSON of one object. Returns the result Struct. Raises `ChatError` only, or
        whatever defect the handler has.
        """
        entry = self._entries.get(name)
        if entry is None:
            raise invalid(None, f"There is no command {name[:64]!r}.")
        if self._witness is None:
            return await self._answer(session, entry, self._checked(session, entry, body))
        return await self._seen(self._witness, session, entry, body)

    async def _seen(self, witness: Witness, session: Session, entry: _Entry, body: bytes) -> Any:
        """Run a command before a witness, who is told of refusals, and of what staff do."""
        decoded, spec = None, entry.spec
        try:
            decoded = self._checked(session, entry, body)
            result = await self._answer(session, entry, decoded)
        except ChatError as refusal:
            if refusal.code in REFUSALS:
                await witness.saw(session, spec.name, spec.audited, About(object_of(decoded), refusal.code))
            raise
        if session.role in STAFF:
            await witness.saw(session, spec.name, spec.audited, About(object_of(decoded), DONE, reason_of(decoded)))
        return result

    def _checked(self, session: Session, entry: _Entry, body: bytes) -> Any:
        if session.role not in entry.spec.roles:
            raise forbidden(f"{entry.spec.name} is not for the role {session.role}.")
        decoded = decode(entry.decoder, body)
        if self._review is not None and session.role in AGENTS:
            refuse_outgoing(decoded, self._review)
        return decoded if self._shield is None else without_secrets(decoded, self._shield)

    async def _answer(self, session: Session, entry: _Entry, decoded: Any) -> Any:
        try:
            with self._deadlines[entry.spec.deadline_s].begin():
                return await entry.handler(session, decoded)
        except TimeoutError:
            raise retry("The server took too long. Send the same again.") from None


def object_of(body: Any) -> str:
    """What a command is about, as the audit log names it; what was refused before it was read says so by itself."""
    doing = DOING.get() if body is None else None
    conversation = doing.told().get("conversation") if doing is not None else getattr(body, "conversation", "")
    return f"conversation:{conversation}" if conversation else ""


def reason_of(body: Any) -> str:
    """Why somebody sends a command, where it asks for that."""
    reason = getattr(body, "reason", "")
    return reason if isinstance(reason, str) else ""


def decode(decoder: msgspec.json.Decoder[Any], body: bytes) -> Any:
    """JSON to a Struct; every way in which it may not fit becomes one `ChatError`."""
    try:
        decoded = decoder.decode(body)
    except msgspec.ValidationError as error:
        raise refusal_of(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        refuse_half_characters(body)
        raise invalid(None, "The body is not a JSON object that can be read.") from None
    for field in decoded.__struct_fields__:
        refuse_unstorable(field, getattr(decoded, field))
    return decoded


def without_secrets(body: Any, shield: Shield) -> Any:
    """A command's body whose free texts hold no secret; `text` is left to the handler."""
    changed: dict[str, Any] = {}
    for field in FREE_FIELDS.intersection(body.__struct_fields__):
        value = getattr(body, field)
        if isinstance(value, str):
            changed[field] = shield.draft(value) if field == "draft" else shield.clean(value).text
        elif isinstance(value, dict):
            changed[field] = {shield.clean(name).text: shield.clean(inner).text for name, inner in value.items()}
    return msgspec.structs.replace(body, **changed) if changed else body


def refuse_outgoing(body: Any, review: Review) -> None:
    """Raise `forbidden` if staff ask too much of a user in a field that users read beside messages."""
    for field in SHOWN_FIELDS.intersection(body.__struct_fields__):
        value = getattr(body, field)
        if isinstance(value, str) and {*review.stopped(value)} - {"link"}:
            raise ChatError("forbidden", f"Users read {field}; support never asks them for that.", field=field)


def refuse_half_characters(body: bytes) -> None:
    """Raise `invalid` naming the field if the only fault of a body is a lone surrogate in it."""
    try:
        decoded = json.loads(body)
    except (ValueError, RecursionError):
        return
    for field, value in decoded.items() if isinstance(decoded, dict) else ():
        refuse_unstorable(field, value)


FIELD_SHOWN: Final = 64
REASON_SHOWN: Final = 200
"""How much of what a client wrote an answer repeats."""

_PATH = re.compile(r" - at (?:`key` in )?`\$\.?(?P<field>[^`\[.]*)")
_NAMED = re.compile(r"(?:field|required field) `(?P<field>[^`]*)`")


def refusal_of(error: msgspec.ValidationError) -> ChatError:
    """The refusal for a body that does not fit its Struct, with the field that is at fault."""
    text = str(error)
    named = _NAMED.search(text) or _PATH.search(text)
    field = (named["field"][:FIELD_SHOWN] or None) if named else None
    reason = text.split(" - at ", maxsplit=1)[0].replace("`", "'")[:REASON_SHOWN]
    if field in LONG_FIELDS and "length <=" in text:
        return ChatError("too_large", f"{field} is too long: {reason}.", field=field)
    return invalid(field, f"{reason}.")
