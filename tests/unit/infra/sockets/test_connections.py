"""Who is connected, by identity; the oldest of too many goes."""

import pytest

from chatserver.core.session import Role, Session
from chatserver.infra.sockets.connection import Connection
from chatserver.infra.sockets.connections import Connections
from tests.unit.infra.sockets.rope import SlackRope


def joined(connections: Connections, sid: str, subject: str, role: Role = Role.USER) -> Connection:
    connection = Connection(sid, SlackRope())
    connection.session = Session(id=f"s_{sid}", role=role, subject=subject, name=subject)
    connections.add(connection, connection.session)
    return connection


def test_connections_are_found_by_identity_until_they_close() -> None:
    connections = Connections()
    phone, laptop = joined(connections, "k_1", "ann"), joined(connections, "k_2", "ann")
    desk = joined(connections, "k_3", "ann", Role.AGENT)
    assert connections.of("user:ann") == (phone, laptop)
    assert connections.of("agent:ann") == (desk,)
    assert connections.of("user:nobody") == ()
    assert list(connections) == [phone, laptop, desk]
    assert connections.identities() == ("user:ann", "agent:ann")
    phone.close("left")
    assert connections.of("user:ann") == (laptop,)
    assert len(connections) == 2
    laptop.close("left")
    desk.close("left")
    assert len(connections) == 0
    assert connections.identities() == ()


@pytest.mark.parametrize(
    ("role", "most"), [(Role.USER, 5), (Role.AGENT, 3), (Role.SUPERVISOR, 3), (Role.ADMIN, 3), (Role.AUDITOR, 3)]
)
def test_one_socket_too_many_closes_the_oldest(role: Role, most: int) -> None:
    connections = Connections()
    all_of_them = [joined(connections, f"k_{number}", "ann", role) for number in range(most + 2)]
    assert [connection.closed_for for connection in all_of_them] == ["replaced"] * 2 + [None] * most


def test_the_first_and_the_last_connection_of_an_identity_are_told() -> None:
    connections = Connections()
    told: list[tuple[str, str]] = []
    connections.on_first(lambda identity: told.append(("first", identity)))
    connections.on_last(lambda identity: told.append(("last", identity)))
    one, two = joined(connections, "k_1", "ann"), joined(connections, "k_2", "ann")
    one.close("left")
    assert told == [("first", "user:ann")]
    two.close("left")
    joined(connections, "k_3", "ann")
    assert told == [("first", "user:ann"), ("last", "user:ann"), ("first", "user:ann")]


def test_replacing_the_oldest_is_neither_a_first_nor_a_last() -> None:
    connections = Connections()
    told: list[str] = []
    connections.on_first(told.append)
    connections.on_last(told.append)
    for number in range(8):
        joined(connections, f"k_{number}", "ann")
    assert told == ["user:ann"]


def test_a_connection_that_ended_on_its_way_in_is_not_taken() -> None:
    connections = Connections()
    connection = Connection("k_1", SlackRope())
    session = Session(id="s_1", role=Role.USER, subject="ann", name="ann")
    connection.close("gone")
    connections.add(connection, session)
    assert len(connections) == 0


def test_going_through_all_may_close_them() -> None:
    connections = Connections()
    for number in range(4):
        joined(connections, f"k_{number}", f"u{number}")
    for connection in connections:
        connection.close("drain")
    assert len(connections) == 0
