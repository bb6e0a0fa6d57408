"""The client's side of Socket.IO 5 over Engine.IO 4: text frames to packets and back. No I/O in here.

Strict on purpose: the server is part of the contract too, so a frame that the contract does not have is a `WireError`.
"""

from typing import Any, Final

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

PATH: Final = "/socket.io/"
QUERY: Final = {"EIO": "4", "transport": "websocket"}

PONG: Final = "3"
LEAVE: Final = "41"
"""Leaves the namespace: a clean goodbye, after which the server waits for nothing."""


class WireError(ValueError):
    """A frame that the contract does not have."""


class Opened(Struct, frozen=True, rename={"ping_interval_ms": "pingInterval", "ping_timeout_ms": "pingTimeout"}):
    """The transport is open; the server pings this often and gives up after this long."""

    sid: str
    ping_interval_ms: int
    ping_timeout_ms: int


class Pinged(Struct, frozen=True, gc=False):
    """The server asks whether we are there; answer `PONG`."""


class Left(Struct, frozen=True, gc=False):
    """The server ends the connection."""


class Accepted(Struct, frozen=True, gc=False):
    """CONNECT was accepted."""

    sid: str


class RefusalData(Struct, frozen=True):
    """What a refusal says to programs."""

    code: str = "invalid"
    retry_after_ms: int | None = None


class Refused(Struct, frozen=True):
    """CONNECT was refused."""

    message: str
    data: RefusalData = RefusalData()


class Told(Struct, frozen=True, gc=False):
    """An event and its body, still JSON."""

    name: str
    body: Raw


class ErrorBody(Struct, frozen=True, gc=False):
    """A refusal as it stands in a reply."""

    code: str
    message: str
    field: str | None = None
    retry_after_ms: int | None = None


class Reply(Struct, frozen=True, gc=False):
    """The one argument of an acknowledgement."""

    ok: bool
    result: Raw | UnsetType = UNSET
    error: ErrorBody | UnsetType = UNSET


class Answered(Struct, frozen=True, gc=False):
    """The acknowledgement of the command that had this number."""

    number: int
    reply: Reply


Packet = Opened | Pinged | Left | Accepted | Refused | Told | Answered

_opened = msgspec.json.Decoder(Opened)
_accepted = msgspec.json.Decoder(Accepted)
_refused = msgspec.json.Decoder(Refused)
_told = msgspec.json.Decoder(tuple[str, Raw])
_reply = msgspec.json.Decoder(tuple[Reply])


def decode(frame: str) -> Packet:
    """The packet in a text frame. Raises `WireError`."""
    try:
        return _decode(frame)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise WireError(f"{error} in {frame[:80]!r}") from None


def _decode(frame: str) -> Packet:
    match frame[:2]:
        case "42":
            return Told(*_told.decode(frame[2:]))
        case "43":
            number, bracket, rest = frame[2:].partition("[")
            if not bracket or not number.isascii() or not number.isdigit():
                raise WireError(f"An acknowledgement without its number: {frame[:80]!r}")
            return Answered(int(number), _reply.decode(bracket + rest)[0])
        case "40":
            return _accepted.decode(frame[2:])
        case "44":
            return _refused.decode(frame[2:])
    return _decode_rare(frame)


def _decode_rare(frame: str) -> Packet:
    if frame == "2":
        return Pinged()
    if frame in ("1", "41"):
        return Left()
    if frame[:1] == "0":
        return _opened.decode(frame[1:])
    raise WireError(f"No packet of the contract: {frame[:80]!r}")


def encode_connect(auth: Any) -> str:
    """CONNECT to the namespace `/` with credentials."""
    return "40" + msgspec.json.encode(auth).decode()


def encode_command(number: int, name: str, body: Any) -> str:
    """A command that is to be acknowledged under `number`."""
    return f'42{number}["{name}",{msgspec.json.encode(body).decode()}]'
