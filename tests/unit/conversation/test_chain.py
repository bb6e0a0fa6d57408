"""The chain as it is described to others, computed here a second time."""

import json
from hashlib import sha256

import pytest

from chatserver.conversation import chain
from chatserver.conversation.events import BODIES, TYPE_OF, By, MessagePosted, Recorded, decode_body, encode_body
from chatserver.conversation.stubs import stub_of
from chatserver.trust.evidence.offline import ENVELOPE
from tests.unit.conversation.cast import NOW

TEXTS = ("plain", "余额 \U00020bb7 \u202e", 'quotes " \\ / \u0001 \u001f \u007f \u2028', "\n\r\t\b\f")


@pytest.mark.parametrize("text", TEXTS)
def test_digests_are_those_of_canonical_json(text: str) -> None:
    by = By("user", "u_1", f"林 {text}")
    body = encode_body(MessagePosted(text=text, removed=["card"]))
    said = {"body": json.loads(body), "by": {"role": "user", "name": f"林 {text}", "id": "u_1"}}
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert chain.content_of(by, body) == canonical
    assert chain.content_hash(b"salt", chain.content_of(by, body)) == sha256(b"salt" + canonical).digest()


def test_a_link_stands_for_the_row_and_all_before_it() -> None:
    row = Recorded("c_1", "public", 7, NOW, "message_posted", By("agent", "a_1", "Anna"), None, b"{}")
    place = f"1|c_1|public|7|{NOW}|message_posted|agent".encode()
    assert chain.link(b"b" * 32, row, b"c" * 32) == sha256(b"b" * 32 + place + b"c" * 32).digest()


def test_no_field_of_a_body_hides_behind_the_envelope() -> None:
    for body in BODIES:
        assert not ENVELOPE & set(body.__struct_fields__), body


@pytest.mark.parametrize("type_", sorted(TYPE_OF.values()))
@pytest.mark.parametrize("why", ["erased", "unreadable"])
def test_every_type_has_a_stub_that_clients_can_read(type_: str, why: str) -> None:
    decode_body(type_, stub_of(type_, why))
