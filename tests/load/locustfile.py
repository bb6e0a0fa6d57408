"""Users of a served product for those who load-test with Locust: `locust -f tests/load/locustfile.py --host http://…`.

A Locust user is a wallet user with one WebSocket: starts a conversation, writes, asks for an agent now and then,
closes, rates, begins again. It needs the packages `locust` and `websocket-client`. Agents are not played here: for
dialogues with both sides, and for a check of every message, there is `chatserver loadtest`.
"""

import os
import time
import uuid
from typing import Any

import msgspec
import websocket
from locust import User, between
from locust.exception import RescheduleTask

from chatserver.client import wire
from chatserver.client.link import socket_url
from chatserver.loadtest.dialogues import read_dialogues

ANSWER_S = 6.0
"""The server answers within 5 s; later is as good as never."""

TOKEN_VARIABLE = "LOAD_USER_TOKEN"
"""An identity token for the users; all of them are anonymous without one."""

WORDS = [turn.text for dialogue in read_dialogues() for turn in dialogue.turns if turn.speaker == "user"]


class Refused(Exception):
    """The server said no; the text is its code."""


class Line:
    """One blocking socket: sends a command and reads until its answer, counting the events on the way."""

    def __init__(self, host: str) -> None:
        self._socket = websocket.create_connection(socket_url(host), timeout=ANSWER_S)
        self._number = 0
        self.heard: list[str] = []

    def sign_in(self) -> None:
        """CONNECT, up to the welcome. Raises `Refused`."""
        token = os.environ.get(TOKEN_VARIABLE)
        self._socket.send(wire.encode_connect({"as": "user", **({"token": token} if token else {})}))
        while "welcome" not in self.heard:
            packet = self._read()
            if isinstance(packet, wire.Refused):
                raise Refused(packet.data.code)

    def command(self, name: str, body: dict[str, Any]) -> Any:
        """The result of a command. Raises `Refused`."""
        self._number += 1
        self._socket.send(wire.encode_command(self._number, name, body))
        while True:
            packet = self._read()
            if isinstance(packet, wire.Answered) and packet.number == self._number:
                if isinstance(packet.reply.error, wire.ErrorBody):
                    raise Refused(packet.reply.error.code)
                return msgspec.json.decode(packet.reply.result)  # type: ignore[arg-type]

    def _read(self) -> wire.Packet:
        frame = self._socket.recv()
        if isinstance(frame, bytes):
            raise wire.WireError("The server sent a binary frame.")
        packet = wire.decode(frame)
        if isinstance(packet, wire.Pinged):
            self._socket.send(wire.PONG)
        elif isinstance(packet, wire.Told):
            self.heard.append(packet.name)
        elif isinstance(packet, wire.Left):
            raise ConnectionError("The server left.")
        return packet

    def hang_up(self) -> None:
        """Close."""
        self._socket.close()


class WalletUser(User):  # type: ignore[misc]
    """Somebody who needs help."""

    wait_time = between(1, 5)

    def on_start(self) -> None:
        """Connect and begin."""
        self._line = self._measured("connect", lambda: Line(self.host))
        self._measured("sign_in", self._line.sign_in)
        self._begin()

    def on_stop(self) -> None:
        """Leave nothing open behind."""
        self._end()
        self._line.hang_up()

    def write(self) -> None:
        """Say something."""
        self._command("send_message", text=WORDS[time.monotonic_ns() % len(WORDS)], key=uuid.uuid4().hex)

    def read(self) -> None:
        """Ask for the log, as a device that comes back does."""
        self._command("sync", after=0)

    def ask_for_a_person(self) -> None:
        """Queue; a repeat changes nothing."""
        self._command("request_agent")

    def begin_again(self) -> None:
        """Close, rate, and start the next conversation."""
        self._end()
        self._begin()

    tasks = {write: 10, read: 2, ask_for_a_person: 1, begin_again: 1}  # noqa: RUF012  (Locust reads it from the class)

    def _begin(self) -> None:
        body = {"key": uuid.uuid4().hex, "text": WORDS[0]}
        started = self._measured("start_conversation", lambda: self._line.command("start_conversation", body))
        self._conversation = started["conversation"]["id"]

    def _end(self) -> None:
        self._command("close_conversation")
        self._command("rate_conversation", score=5)

    def _command(self, name: str, **body: Any) -> Any:
        body["conversation"] = self._conversation
        return self._measured(name, lambda: self._line.command(name, body))

    def _measured(self, name: str, do: Any) -> Any:
        """Do something and tell Locust how long it took, and whether it failed."""
        began, failure, result = time.perf_counter(), None, None
        try:
            result = do()
        except (Refused, OSError, websocket.WebSocketException, wire.WireError) as error:
            failure = error
        took_ms = (time.perf_counter() - began) * 1000
        self.environment.events.request.fire(
            request_type="socket", name=name, response_time=took_ms, response_length=0, exception=failure
        )
        if failure is not None:
            raise RescheduleTask from failure
        return result
