"""Connects and sets up sockets one by one, in the plainest way; the hot loop takes them over afterwards."""

import base64
import json
import os
import socket
from typing import Any, Final

TIMEOUT_S: Final = 30.0


class Line:
    """One Socket.IO socket that blocks. It reads exactly one frame at a time and nothing beyond it."""

    def __init__(self, port: int, auth: dict[str, Any], host: str = "127.0.0.1") -> None:
        self.socket = socket.create_connection((host, port), timeout=TIMEOUT_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.events: list[tuple[str, Any]] = []
        self._acks = 0
        self._shake_hands(host, port)
        self._read_until("0")
        self._write("40" + json.dumps(auth))
        self._read_until("40")

    @property
    def fd(self) -> int:
        """The descriptor, for the hot loop; nothing of the stream has been read ahead."""
        return self.socket.fileno()

    def call(self, name: str, body: dict[str, Any]) -> Any:
        """Send a command and return its result; events met on the way are kept."""
        self._acks += 1
        self._write(f"42{self._acks}" + json.dumps([name, body]))
        answer = json.loads(self._read_until(f"43{self._acks}[")[2 + len(str(self._acks)) :])[0]
        if not answer["ok"]:
            raise RuntimeError(f"{name}: {answer['error']}")
        return answer["result"]

    def wait_for(self, name: str) -> Any:
        """The body of the next event of a name, or of one that was met before."""
        while True:
            for place, (seen, body) in enumerate(self.events):
                if seen == name:
                    del self.events[place]
                    return body
            self._read_until("42")

    def start(self, name: str, body: dict[str, Any]) -> None:
        """Send a command without waiting for its result."""
        self._acks += 1
        self._write(f"42{self._acks}" + json.dumps([name, body]))

    def hear(self) -> tuple[str, Any]:
        """The next event or acknowledgement (`ack`) that comes, in the order of the socket."""
        if self.events:
            return self.events.pop(0)
        text = self._read_until("4")
        return ("ack", json.loads(text[text.index("[") :])[0]) if text.startswith("43") else self.events.pop(0)

    def has_ended(self) -> bool:
        """Whether the server has closed it."""
        try:
            return self.socket.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    def close(self) -> None:
        """Be gone."""
        self.socket.close()

    def _shake_hands(self, host: str, port: int) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            answer += self._exactly(1)
        if b" 101 " not in answer.split(b"\r\n", 1)[0]:
            raise RuntimeError(f"no WebSocket: {answer[:100]!r}")

    def _read_until(self, beginning: str) -> str:
        while True:
            text = self._read()
            if text.startswith("44"):
                raise RuntimeError(f"the server refused: {text[:200]}")
            if text.startswith("42"):
                name, *body = json.loads(text[2:])
                self.events.append((name, body[0] if body else None))
            if text == "2":
                self._write("3")
            elif text.startswith(beginning):
                return text

    def _read(self) -> str:
        kind, size = self._exactly(2)
        size &= 127
        if size >= 126:
            size = int.from_bytes(self._exactly(2 if size == 126 else 8), "big")
        data = self._exactly(size)
        if kind & 15 == 8:
            raise RuntimeError("the server closed the socket")
        return data.decode()

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            more = self.socket.recv(size - len(data))
            if not more:
                raise RuntimeError("the server closed the connection")
            data += more
        return data

    def _write(self, text: str) -> None:
        data = text.encode()
        size = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + len(data).to_bytes(2, "big")
        self.socket.sendall(b"\x81" + size + bytes(4) + data)  # a mask of zeros is a mask
