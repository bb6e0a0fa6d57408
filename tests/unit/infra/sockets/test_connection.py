"""Sending never waits and never fails; who does not read is let go."""

import pytest

from chatserver.infra.sockets.connection import QUEUE_BYTES, QUEUE_PACKETS, Connection
from tests.unit.infra.sockets.rope import SlackRope


@pytest.fixture
def link() -> SlackRope:
    return SlackRope()


@pytest.fixture
def connection(link: SlackRope) -> Connection:
    connection = Connection("k_1", link)
    connection.open("hello")
    link.written.clear()
    return connection


def test_what_is_sent_in_one_turn_leaves_together(connection: Connection, link: SlackRope) -> None:
    connection.send("a")
    connection.send("你")
    assert link.written == []
    link.turn()
    assert link.written == [[b"a", "你".encode()]]
    connection.send("c")
    link.turn()
    assert link.written[1:] == [[b"c"]]
    assert connection.sent_packets == 4


def test_nothing_overtakes_the_welcome(link: SlackRope) -> None:
    connection = Connection("k_1", link)
    connection.send("early event")
    link.turn()
    assert link.written == []
    connection.open("40", "welcome")
    assert link.written == [[b"40", b"welcome", b"early event"]]


def test_the_protocols_own_packets_do_not_wait(link: SlackRope) -> None:
    connection = Connection("k_1", link)
    connection.tell("0{}")
    assert link.written == [[b"0{}"]]


def test_packets_wait_while_the_client_is_slow_and_leave_when_it_has_caught_up(
    connection: Connection, link: SlackRope
) -> None:
    link.is_ready = False
    for number in range(QUEUE_PACKETS):
        connection.send(str(number))
        link.turn()
    assert link.written == []
    assert len(link.waiting) == 1
    link.read_all()
    assert link.written == [[str(number).encode() for number in range(QUEUE_PACKETS)]]
    assert not connection.closed


def test_a_client_that_falls_further_behind_is_dropped(connection: Connection, link: SlackRope) -> None:
    link.is_ready = False
    for number in range(QUEUE_PACKETS + 1):
        connection.send(str(number))
    assert connection.closed_for == "slow"
    assert link.aborted
    assert link.closed == 0
    link.turn()
    link.read_all()
    assert link.written == []


def test_a_client_that_is_behind_by_too_many_bytes_is_dropped(connection: Connection, link: SlackRope) -> None:
    link.is_ready = False
    for _ in range(10):
        connection.send("x" * (QUEUE_BYTES // 10))
    assert not connection.closed
    connection.send("x")
    assert connection.closed_for == "slow"


def test_a_burst_of_ours_is_not_the_clients_fault(connection: Connection, link: SlackRope) -> None:
    for number in range(3 * QUEUE_PACKETS):
        connection.send(str(number))
    link.turn()
    assert not connection.closed
    sent = [packet for batch in link.written for packet in batch]
    assert sent == [str(number).encode() for number in range(3 * QUEUE_PACKETS)]


def test_a_client_that_never_gets_in_cannot_gather_without_end(link: SlackRope) -> None:
    connection = Connection("k_1", link)
    for number in range(QUEUE_PACKETS + 1):
        connection.send(str(number))
    assert connection.closed_for == "slow"


def test_a_goodbye_sends_what_is_queued_and_tells_the_client_to_stay_away(
    connection: Connection, link: SlackRope
) -> None:
    connection.send("last")
    connection.close("replaced")
    assert link.written == [[b"last", b"41"]]
    assert link.closed == 1
    assert not link.aborted


def test_a_goodbye_that_is_not_final_leaves_the_client_free_to_return(connection: Connection, link: SlackRope) -> None:
    connection.close("drain", final=False)
    assert link.written == [[]]
    assert link.closed == 1


def test_who_was_never_let_in_is_told_nothing(link: SlackRope) -> None:
    connection = Connection("k_1", link)
    connection.send("event")
    connection.close("refused")
    assert link.written == []
    assert link.closed == 1


def test_a_closed_connection_takes_everything_and_does_nothing(connection: Connection, link: SlackRope) -> None:
    connection.close("left", final=False)
    link.written.clear()
    connection.send("late")
    connection.tell("2")
    connection.open("40")
    connection.close("again")
    link.turn()
    assert link.written == []
    assert link.closed == 1
    assert connection.closed_for == "left"


def test_a_hard_close_cuts_a_soft_one_short(connection: Connection, link: SlackRope) -> None:
    connection.close("drain", final=False)
    assert not link.aborted
    connection.close("drain", hard=True)
    assert link.aborted


def test_a_close_after_the_answer_waits_for_the_command_that_runs(connection: Connection, link: SlackRope) -> None:
    connection.begin_answer()
    connection.close_after_answer("forbidden")
    assert not connection.closed
    connection.send("431[{}]")
    connection.end_answer()
    assert connection.closed_for == "forbidden"
    assert link.written == [[b"431[{}]", b"41"]]


def test_a_close_after_the_answer_is_one_at_once_when_nothing_runs(connection: Connection) -> None:
    connection.begin_answer()
    connection.end_answer()
    connection.close_after_answer("drain", final=False)
    assert connection.closed_for == "drain"


def test_watchers_hear_of_the_end_once_and_cannot_spoil_it(connection: Connection) -> None:
    heard: list[Connection] = []

    def broken(_: Connection) -> None:
        raise RuntimeError

    connection.when_closed(broken)
    connection.when_closed(heard.append)
    connection.close("left")
    connection.close("left", hard=True)
    assert heard == [connection]
