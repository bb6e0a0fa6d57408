"""Engine.IO 4 and Socket.IO 5 as text: one frame in, one packet out, and the frames a server sends.

Spoken is what this server needs and nothing else: WebSocket, JSON text packets, namespace `/`. What a stock client
never sends raises `BadFrame`, after which the socket has no future.
"""

import json
import math
import re
from typing import Any, Final, NoReturn

import msgspec

RESERVED: Final = frozenset(
    {"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"}
)
"""Names the protocol keeps for itself; as an event they are an attempt to forge a life sign."""

MAX_DEPTH: Final = 32
"""Nesting of arrays and objects in one frame; no body of ours is deeper than five."""

MAX_DIGITS: Final = 32
"""Digits of a number: longer than any 64-bit one, so those are judged as values, and too few to cost time."""

PING: Final = "2"
DISCONNECT: Final = "41"

NO_BODY: Final = b""
"""Body of an event that has none, or several: no command accepts it, so the answer is `invalid`."""


class BadFrame(Exception):
    """A frame that ends its socket; `reason` is ours and holds nothing of what the client wrote."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Connect(msgspec.Struct, frozen=True):
    """A client says who it is: `auth` is any JSON value, None when left out."""

    auth: Any


class Event(msgspec.Struct, frozen=True):
    """A command: the `ack` id to answer under, its `name`, and its one argument as JSON, or `NO_BODY`."""

    ack: int
    name: str
    body: bytes


class Disconnect(msgspec.Struct, frozen=True):
    """A client leaves, by the packet of either layer."""


class Pong(msgspec.Struct, frozen=True):
    """A client answers a ping."""


Packet = Connect | Event | Disconnect | Pong

_PONG: Final = Pong()
_LEFT: Final = Disconnect()
_EVENT_HEAD: Final = re.compile(r"42(?:/,)?([0-9]{1,10})(?=\[)")
_CONNECT_HEAD: Final = re.compile(r"40(?:/,)?(?=[{\[\"tfn]|\Z)")  # Swift's client spells the namespace out
_ARGUMENTS: Final = msgspec.json.Decoder(list[msgspec.Raw])
_TEXT: Final = msgspec.json.Decoder(str)
# The only spellings of a number that can leave the range of a double or of MAX_DIGITS.
_LARGE_NUMBER: Final = re.compile(rf"[0-9][eE][+-]?[0-9]{{3}}|[0-9]{{{MAX_DIGITS + 1}}}")


def parse(frame: str) -> Packet:
    """The packet in one text frame; raises `BadFrame` for everything else."""
    if frame.startswith("42"):
        return _event(frame)
    if frame == "3":
        return _PONG
    if frame.startswith("40"):
        return _connect(frame)
    if frame in {"41", "41/,", "1"}:
        return _LEFT
    raise BadFrame(_fault(frame))


def _event(frame: str) -> Event:
    head = _EVENT_HEAD.match(frame)
    if head is None:
        raise BadFrame("event without an ack id, or of another namespace")
    name, arguments = _name_and_arguments(frame[head.end() :])
    if name in RESERVED:
        raise BadFrame("reserved event name")
    return Event(int(head[1]), name, arguments[0] if len(arguments) == 1 else NO_BODY)


def _name_and_arguments(text: str) -> tuple[str, list[bytes]]:
    try:
        first, *rest = _ARGUMENTS.decode(text)
        name = _TEXT.decode(first)
    except (msgspec.DecodeError, RecursionError, ValueError):  # ValueError: not even a name in it
        return _lenient(text)
    if _needs_a_closer_look(text):
        _strict(text)
    return name, [bytes(argument) for argument in rest]


def _lenient(text: str) -> tuple[str, list[bytes]]:
    """The same for a frame msgspec refuses: proper JSON with half a surrogate pair is a client's slip, not an attack.

    The name loses such halves; a body keeps them, escaped, for the command to be answered `invalid`.
    """
    values = _strict(text)
    if not values or not isinstance(values[0], str):
        raise BadFrame("event name is not a string")
    name = values[0].encode("utf-8", "replace").decode()
    return name, [json.dumps(value).encode() for value in values[1:]]


def _connect(frame: str) -> Connect:
    head = _CONNECT_HEAD.match(frame)
    if head is None:
        raise BadFrame("connect to another namespace, or with a malformed body")
    text = frame[head.end() :]
    if not text:
        return Connect(None)
    _strict(text)
    try:
        return Connect(msgspec.json.decode(text))
    except (msgspec.DecodeError, UnicodeError):
        raise BadFrame("connect with half a surrogate pair") from None


def _needs_a_closer_look(text: str) -> bool:
    return text.count("[") + text.count("{") > MAX_DEPTH or _LARGE_NUMBER.search(text) is not None


def _strict(text: str) -> Any:
    """The value in a JSON text of bounded depth and numbers; raises `BadFrame`. Unlike msgspec it sees every number."""
    try:
        value = json.loads(text, parse_constant=_no_constant, parse_int=_integer, parse_float=_number)
    except (ValueError, RecursionError):
        raise BadFrame("malformed JSON") from None
    _refuse_depth(value, MAX_DEPTH)
    return value


def _no_constant(_: str) -> NoReturn:
    raise BadFrame("NaN or Infinity")


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise BadFrame("number too long")
    return int(digits)


def _number(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise BadFrame("number out of range")
    return value


def _refuse_depth(value: Any, left: int) -> None:
    if not isinstance(value, list | dict):
        return
    if left == 0:
        raise BadFrame("nested too deep")
    for inner in value.values() if isinstance(value, dict) else value:
        _refuse_depth(inner, left - 1)


def _fault(frame: str) -> str:
    if frame.startswith(("45", "46")):
        return "binary packet"
    if frame.startswith(("43", "44")):
        return "packet that only a server sends"
    if frame.startswith(("41", "4/")):
        return "packet of another namespace"
    return "not a packet of this protocol" if frame else "empty frame"


def handshake(sid: str, ping_interval_ms: int, ping_timeout_ms: int, max_frame_bytes: int) -> str:
    """The first frame of a socket: its id and the beat at which it must answer."""
    return (
        f'0{{"sid":"{sid}","upgrades":[],"pingInterval":{ping_interval_ms},"pingTimeout":{ping_timeout_ms},'
        f'"maxPayload":{max_frame_bytes}}}'
    )


def connect_packet(sid: str) -> str:
    """The client is let in."""
    return f'40{{"sid":"{sid}"}}'


def connect_error_packet(code: str, message: str) -> str:
    """The client is not let in: `{message, data:{code}}`."""
    return "44" + msgspec.json.encode({"message": message, "data": {"code": code}}).decode()


def event_packet(name: str, body_json: bytes) -> str:
    """An event with its one argument, which is JSON already."""
    return f'42["{name}",{body_json.decode()}]'


def ack_packet(ack: int, body_json: bytes) -> str:
    """The answer to the command that came with this id, which is JSON already."""
    return f"43{ack}[{body_json.decode()}]"
