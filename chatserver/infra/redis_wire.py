"""One connection to a Redis server for everybody's commands: those of a turn go out together, answers come in order.

A command of the client library takes a connection, a task, two timers and half a dozen awaits of its own, which costs
the event loop many times what Redis spends on it. Here it is a future and a place in a list.
"""

import asyncio
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final

import hiredis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import DataError, InvalidResponse, ReadOnlyError, RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from chatserver.core.background import end_all

TIMEOUT_S: Final = 2.0
"""A Redis that does not answer for this long is away; nothing waits for it longer."""

LOOK_AGAIN_S: Final = 0.05
"""An answer may have come while the loop was busy: before it is called late the loop has this long to read it."""

WAITING: Final = 20_000
"""Commands that are not answered before new ones are refused: what Redis does in a quarter of a second."""

CHUNK_BYTES: Final = 65_536

_MORE: Final = object()
"""What the parser says when an answer is not complete yet."""


def packed(*command: Any) -> bytes:
    """A command as it goes over the wire. Raises `DataError` for what Redis has no form for."""
    name, *arguments = command
    words = name.split() if isinstance(name, str) else [name]  # CLIENT LIST is two
    try:
        raw: bytes = hiredis.pack_command((*words, *arguments))
    except TypeError as error:
        raise DataError(str(error)) from error
    return raw


class Stream:
    """A connection of a client's pool, read in chunks: all answers that have come at once are handed out at once."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._connection: Any = None

    async def open(self) -> None:
        """Connect as the pool does it: signed in, to whoever is the master now. Raises `RedisError` and `OSError`."""
        connection = await self._pool.get_connection()
        self._connection = connection
        parse_error = connection._parser.parse_error
        self._parser = hiredis.Reader(InvalidResponse, parse_error, notEnoughData=_MORE)
        self._reader: asyncio.StreamReader = connection._reader
        self._writer: asyncio.StreamWriter = connection._writer

    def write(self, commands: bytes) -> None:
        """Send what is packed; nothing is waited for. Whoever reads is told of a link that has ended."""
        try:
            self._writer.write(commands)
        except RuntimeError:  # what uvloop says of it
            self.give_up(_ended())

    async def read(self) -> list[Any]:
        """The next answers, one at least; refusals are exceptions among them. Raises `RedisError` and `OSError`."""
        answers: list[Any] = []
        try:
            while not answers:
                chunk = await self._reader.read(CHUNK_BYTES)
                if not chunk:
                    raise _ended()
                self._parser.feed(chunk)
                while (answer := self._parser.gets()) is not _MORE:
                    answers.append(answer)
        except RuntimeError as error:  # what uvloop says of a link that was reset
            raise _ended() from error
        return answers

    def give_up(self, why: RedisError) -> None:
        """Let whoever reads get this error."""
        self._reader.set_exception(why)

    async def close(self) -> None:
        """Give the connection back, closed."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(RedisError, OSError, RuntimeError):
                await connection.disconnect(nowait=True)
            await self._pool.release(connection)


class _Asked:
    """Commands that belong together, and who waits for their answers."""

    __slots__ = ("answers", "at", "commands", "count", "done")

    def __init__(self, commands: bytes, count: int, at: float, done: "asyncio.Future[list[Any]]") -> None:
        self.commands = commands
        self.count = count
        self.at = at
        self.done = done
        self.answers: list[Any] = []


class Wire:
    """The connection, opened when it is first used and anew after it has failed."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._unsent: list[_Asked] = []
        self._sent: deque[_Asked] = deque()
        self._stream: Stream | None = None
        self._serving: asyncio.Task[None] | None = None
        self._flush_due = False
        self._look_due: asyncio.TimerHandle | None = None

    async def ask(self, commands: bytes, count: int) -> list[Any]:
        """The answers to so many packed commands; those that are refused have an exception in its place.

        Raises `RedisError` when Redis is away. What was sent by then may have been done or not. A link that had ended
        is replaced once.
        """
        try:
            return await self._ask(commands, count)
        except RedisConnectionError:
            return await self._ask(commands, count)

    def _ask(self, commands: bytes, count: int) -> "asyncio.Future[list[Any]]":
        loop = asyncio.get_running_loop()
        done: asyncio.Future[list[Any]] = loop.create_future()
        if len(self._unsent) + len(self._sent) >= WAITING:
            done.set_exception(RedisTimeoutError("Too many commands wait for Redis."))
            return done
        self._unsent.append(_Asked(commands, count, loop.time(), done))
        if self._serving is None:
            self._serving = loop.create_task(self._serve())
        elif self._stream is not None and not self._flush_due:
            self._flush_due = True
            loop.call_soon(self._flush)
        if self._look_due is None:
            self._look_due = loop.call_later(TIMEOUT_S, self._look, loop)
        return done

    def _flush(self) -> None:
        """Send all that waits, in one write."""
        self._flush_due = False
        if self._stream is not None and self._unsent:
            self._stream.write(b"".join([one.commands for one in self._unsent]))
            self._sent.extend(self._unsent)
            self._unsent.clear()

    async def _serve(self) -> None:
        """Open the link, send what has gathered, and read until it ends."""
        stream = Stream(self._pool)
        failure: RedisError = _ended()
        try:
            await stream.open()
            self._stream = stream
            self._flush()
            while True:
                self._take(await stream.read())
        except (RedisError, OSError) as error:
            failure = error if isinstance(error, RedisError) else _ended()
        finally:
            self._stream = self._serving = None
            self._fail(failure)
            await stream.close()

    def _take(self, answers: Iterable[Any]) -> None:
        for answer in answers:
            if isinstance(answer, hiredis.PushNotification):
                continue  # news of the server, which nobody has asked for
            if isinstance(answer, ReadOnlyError):
                raise RedisConnectionError("The server is the master no more.")
            asked = self._sent[0]
            asked.answers.append(answer)
            if len(asked.answers) == asked.count:
                self._sent.popleft()
                if not asked.done.done():
                    asked.done.set_result(asked.answers)

    def _fail(self, why: RedisError) -> None:
        """Nobody gets an answer any more."""
        waiting = [*self._sent, *self._unsent]
        self._sent.clear()
        self._unsent.clear()
        for asked in waiting:
            if not asked.done.done():
                asked.done.set_exception(type(why)(*why.args))

    def _look(self, loop: asyncio.AbstractEventLoop, *, again: bool = False) -> None:
        """Whether the oldest command has waited for too long."""
        self._look_due = None
        oldest = self._sent[0] if self._sent else self._unsent[0] if self._unsent else None
        if oldest is None:
            return
        late_s = loop.time() - oldest.at - TIMEOUT_S
        if late_s < 0:
            self._look_due = loop.call_later(-late_s, self._look, loop)
        elif not again:
            self._look_due = loop.call_later(LOOK_AGAIN_S, lambda: self._look(loop, again=True))
        else:
            self._fail(RedisTimeoutError("Redis does not answer."))
            self._end()

    def _end(self) -> None:
        """Make the link anew; what is still to come must not be taken for answers to somebody else."""
        if self._serving is not None:
            self._serving.cancel()

    async def close(self) -> None:
        """End the link."""
        serving = self._serving
        if self._look_due is not None:
            self._look_due.cancel()
            self._look_due = None
        if serving is not None:
            await end_all([serving])


def _ended() -> RedisConnectionError:
    return RedisConnectionError("The link has ended.")
