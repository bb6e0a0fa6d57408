"""The client's side of the wire, frame by frame."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatserver.client import wire
from chatserver.client.wire import Accepted, Answered, Left, Opened, Pinged, Refused, Told, WireError


def test_the_handshake_tells_the_ping_times() -> None:
    packet = wire.decode('0{"sid":"x","upgrades":[],"pingInterval":15000,"pingTimeout":10000,"maxPayload":65536}')
    assert packet == Opened("x", 15_000, 10_000)


def test_an_event_keeps_its_body_as_json() -> None:
    packet = wire.decode('42["typing",{"on":true,"draft":"好"}]')
    assert isinstance(packet, Told)
    assert packet.name == "typing"
    assert bytes(packet.body).decode() == '{"on":true,"draft":"好"}'


def test_an_acknowledgement_names_its_command() -> None:
    packet = wire.decode('4312[{"ok":true,"result":{"seq":1}}]')
    assert isinstance(packet, Answered)
    assert packet.number == 12
    assert packet.reply.ok
    assert bytes(packet.reply.result) == b'{"seq":1}'  # type: ignore[arg-type]


def test_a_refusal_in_an_acknowledgement_keeps_all_it_says() -> None:
    packet = wire.decode('430[{"ok":false,"error":{"code":"storage","message":"m","retry_after_ms":1000}}]')
    assert isinstance(packet, Answered)
    assert packet.reply.error == wire.ErrorBody("storage", "m", None, 1000)


def test_a_refused_connect_tells_its_code() -> None:
    packet = wire.decode('44{"message":"Sign in again.","data":{"code":"unauthenticated"}}')
    assert isinstance(packet, Refused)
    assert packet.data.code == "unauthenticated"


def test_a_refusal_without_data_counts_as_invalid() -> None:
    packet = wire.decode('44{"message":"no"}')
    assert isinstance(packet, Refused)
    assert packet.data.code == "invalid"


@pytest.mark.parametrize(
    ("frame", "packet"), [("2", Pinged()), ("1", Left()), ("41", Left()), ('40{"sid":"n"}', Accepted("n"))]
)
def test_small_packets(frame: str, packet: wire.Packet) -> None:
    assert wire.decode(frame) == packet


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "3",
        "2probe",
        "4",
        "40",
        "42",
        "42{}",
        '42["a"]',
        '42["a",1,2]',
        '421["needs_an_ack",{}]',
        "43[{}]",
        '43x[{"ok":true}]',
        '43١[{"ok":true}]',
        "431[]",
        '45["binary",{}]',
        '42/other,["a",{}]',
        '0{"sid":1}',
        "6",
        "bAAAA",
    ],
)
def test_what_the_contract_does_not_have_is_an_error(frame: str) -> None:
    with pytest.raises(WireError):
        wire.decode(frame)


@given(st.text(max_size=200))
def test_any_text_is_a_packet_or_a_wire_error(frame: str) -> None:
    for lead in ("", "0", "40", "42", "43", "44"):
        try:
            wire.decode(lead + frame)
        except WireError:
            continue


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_a_command_carries_its_text_code_point_for_code_point(text: str) -> None:
    frame = wire.encode_command(7, "send_message", {"text": text})
    assert frame.startswith("427[")
    assert msgspec.json.decode(frame[3:]) == ["send_message", {"text": text}]


def test_connect_carries_the_credentials() -> None:
    assert wire.encode_connect({"as": "user"}) == '40{"as":"user"}'
