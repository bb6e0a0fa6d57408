"""Frames of a server are short headers and the payload as it is."""

import pytest

from chatserver.infra.sockets.frames import close_frame, pong_frame, text_frame


@pytest.mark.parametrize(
    ("size", "header"),
    [
        (0, b"\x81\x00"),
        (125, b"\x81\x7d"),
        (126, b"\x81\x7e\x00\x7e"),
        (65_535, b"\x81\x7e\xff\xff"),
        (65_536, b"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"),
    ],
)
def test_a_text_frame_says_its_length_in_the_shortest_way(size: int, header: bytes) -> None:
    payload = b"x" * size
    assert text_frame(payload) == header + payload


def test_control_frames() -> None:
    assert pong_frame(b"hi") == b"\x8a\x02hi"
    assert close_frame() == b"\x88\x02\x03\xe8"
    assert close_frame(1001) == b"\x88\x02\x03\xe9"
