"""WebSocket frames as a server sends them: whole, unmasked, uncompressed (RFC 6455, section 5.2)."""

from typing import Final

_TEXT: Final = 0x81
_CLOSE: Final = 0x88
_PONG: Final = 0x8A


def text_frame(payload: bytes) -> bytes:
    """A text frame around UTF-8 of any length."""
    size = len(payload)
    if size < 126:
        return bytes((_TEXT, size)) + payload
    if size < 65_536:
        return bytes((_TEXT, 126)) + size.to_bytes(2, "big") + payload
    return bytes((_TEXT, 127)) + size.to_bytes(8, "big") + payload


def pong_frame(payload: bytes) -> bytes:
    """The answer to a ping of at most 125 bytes."""
    return bytes((_PONG, len(payload))) + payload


def close_frame(code: int = 1000) -> bytes:
    """The last frame, with the status code that says why."""
    return bytes((_CLOSE, 2)) + code.to_bytes(2, "big")
