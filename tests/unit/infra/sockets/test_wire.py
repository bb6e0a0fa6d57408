"""What comes in is a packet or the end of the socket; what goes out is what stock clients read."""

import json

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chatserver.infra.sockets import wire
from chatserver.infra.sockets.wire import BadFrame, Connect, Disconnect, Event, Pong

HOSTILE = [
    "x",
    "",
    "9",
    "4",
    "4" + "[" * 200_000,
    '42["a",' + "[" * 200_000,
    '421["a",' + "[" * 200_000,
    '421["a",' + "[" * 40 + "]" * 40 + "]",
    '421["a",' + '{"a":' * 40 + "1" + "}" * 40 + "]",
    "42",
    "421",
    '42{"a":1}',
    '421{"a":1}',
    '42[{"a":1}]',
    '421[{"a":1}]',
    "421[]",
    "421[null]",
    '42["a",{}]',
    '42["connect",{},{}]',
    '42["disconnect"]',
    *(f'421["{name}",{{}}]' for name in sorted(wire.RESERVED)),
    '421["\\u0063onnect",{}]',
    '450-["a"]',
    '451-["a",{"_placeholder":true,"num":0}]',
    '459999999999-["a",{"_placeholder":true,"num":0}]',
    '461-["a"]',
    '42["a",NaN]',
    '421["a",NaN]',
    '421["a",{"x":Infinity}]',
    '421["a",{"x":-Infinity}]',
    '42["a",1e999]',
    '421["a",{"x":1e999}]',
    '421["a",{"x":-1E+0999}]',
    '421["a",{"x":[' + "9" * 90 + "]}]",
    '421["a",{"x":-' + "9" * 90 + "}]",
    '421["a",{"x":' + "1" * 400 + ".5}]",
    '421["a",{"x":' + "1" * 5_000 + "}]",
    '42["a",1,2,3]',
    "40/evil,",
    "40/admin,",
    '40/admin,{"as":"user"}',
    "41/admin,",
    '42/evil,1["a",{}]',
    '42/evil,["a",{}]',
    "4/evil,",
    "40{",
    "40123",
    '40{"token":NaN}',
    '40{"token":"\\ud800"}',
    "40" + "[" * 50_000,
    '43999999["x"]',
    "43",
    '44{"message":"x"}',
    "0",
    "2",
    "2probe",
    "3probe",
    "5",
    "6",
    '421["a",{"x":"\\x"}]',
    '421["a",{"x":1,}]',
    '421["a",{"x":01}]',
    '421["a",{}]x',
    '42-1["a",{}]',
    '42١["a",{}]',
    '4212345678901["a",{}]',
]


@pytest.mark.parametrize("frame", HOSTILE, ids=lambda frame: frame[:24])
def test_a_frame_that_no_client_sends_is_the_end(frame: str) -> None:
    with pytest.raises(BadFrame) as caught:
        wire.parse(frame)
    assert len(caught.value.reason) < 80


@pytest.mark.parametrize(
    ("frame", "packet"),
    [
        ("3", Pong()),
        ("1", Disconnect()),
        ("41", Disconnect()),
        ("41/,", Disconnect()),
        ("40", Connect(None)),
        ("40{}", Connect({})),
        ("40null", Connect(None)),
        ('40{"as":"user"}', Connect({"as": "user"})),
        ('40/,{"as":"user"}', Connect({"as": "user"})),
        ("40/,", Connect(None)),
        ("40[1]", Connect([1])),
        ('420["a",{}]', Event(0, "a", b"{}")),
        ('42/,7["a",{}]', Event(7, "a", b"{}")),
        ('429999999999["a",{"x":"é 好 😀"}]', Event(9_999_999_999, "a", '{"x":"é 好 😀"}'.encode())),
        ('421["a", [1, 2]]', Event(1, "a", b"[1, 2]")),
        ('421[ "a",{}] ', Event(1, "a", b"{}")),
        ('421["",{}]', Event(1, "", b"{}")),
        ('421["nobody_knows",{}]', Event(1, "nobody_knows", b"{}")),
        ('421["a"]', Event(1, "a", wire.NO_BODY)),
        ('421["a",1,2,3]', Event(1, "a", wire.NO_BODY)),
        ('421["a","0x12e9991e999"]', Event(1, "a", b'"0x12e9991e999"')),
        ('421["a",{"x":1.5e308}]', Event(1, "a", b'{"x":1.5e308}')),
        ('421["a",{"x":99999999999999999999}]', Event(1, "a", b'{"x":99999999999999999999}')),
        ('421["a",' + "[" * 31 + "]" * 31 + "]", Event(1, "a", b"[" * 31 + b"]" * 31)),
        ('421["a","' + "[" * 5_000 + '"]', Event(1, "a", b'"' + b"[" * 5_000 + b'"')),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else "",
)
def test_what_stock_clients_send_is_understood(frame: str, packet: wire.Packet) -> None:
    assert wire.parse(frame) == packet


@pytest.mark.parametrize("half", ["\\ud800", "\\udfff", "\\ud83dx", "x\\ud83d", "\\ude00\\ud83d"])
def test_half_a_surrogate_pair_reaches_the_command_and_is_refused_there(half: str) -> None:
    event = wire.parse(f'421["send_message",{{"text":"{half}"}}]')
    assert isinstance(event, Event)
    assert event.name == "send_message"
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(event.body)
    assert "text" in json.loads(event.body)


def test_half_a_surrogate_pair_in_a_name_makes_a_name_that_can_be_printed() -> None:
    assert wire.parse('421["\\ud800",{}]') == Event(1, "?", b"{}")


HEADS = st.sampled_from(["40", "421", '421["a",', "4", "3", ""])


@given(st.builds(str.__add__, HEADS, st.text()))
@example("42\ud800")
@example('421["a","\ud800"]')
@example('40{"a":"\ud800"}')
def test_any_text_is_a_packet_or_a_bad_frame(frame: str) -> None:
    try:
        packet = wire.parse(frame)
    except BadFrame:
        return
    assert isinstance(packet, wire.Packet)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.integers(0, 9_999_999_999), st.text().filter(lambda name: name not in wire.RESERVED), JSON, st.booleans())
def test_a_proper_event_arrives_as_it_was_sent(ack: int, name: str, body: object, ascii_only: bool) -> None:
    event = wire.parse(f"42{ack}{json.dumps([name, body], ensure_ascii=ascii_only)}")
    assert isinstance(event, Event)
    assert (event.ack, event.name) == (ack, name)
    assert json.loads(event.body) == body


def test_the_handshake_offers_no_upgrade() -> None:
    opening = wire.handshake("k_1", 15_000, 10_000, 65_536)
    assert opening[0] == "0"
    assert json.loads(opening[1:]) == {
        "sid": "k_1",
        "upgrades": [],
        "pingInterval": 15_000,
        "pingTimeout": 10_000,
        "maxPayload": 65_536,
    }


def test_what_the_server_sends_is_written_as_stock_clients_read_it() -> None:
    assert wire.connect_packet("k_1") == '40{"sid":"k_1"}'
    assert wire.event_packet("heads", b'{"c":{"public":1}}') == '42["heads",{"c":{"public":1}}]'
    assert wire.ack_packet(17, '{"ok":"好"}'.encode()) == '4317[{"ok":"好"}]'
    refusal = wire.connect_error_packet("retry", 'a "quoted" word')
    assert json.loads(refusal.removeprefix("44")) == {"message": 'a "quoted" word', "data": {"code": "retry"}}
