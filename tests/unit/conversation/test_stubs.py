"""Whatever cannot be read any more can still be shown, in every form."""

import pytest

from chatserver.conversation.events import BODY_OF, THREAD_OF, By, Recorded
from chatserver.conversation.stubs import stub_of
from chatserver.conversation.transcripts import as_file


@pytest.mark.parametrize("why", ["erased", "unreadable"])
@pytest.mark.parametrize("type_", sorted(BODY_OF))
def test_a_stub_is_an_event_of_its_type_that_every_transcript_shows(type_: str, why: str) -> None:
    body = stub_of(type_, why)
    row = Recorded("c_1", THREAD_OF[BODY_OF[type_]], 1, 1, type_, By("user", "lin", ""), None, body)
    assert isinstance(row.read(), BODY_OF[type_])
    for locale in ("en", "zh-CN"):
        for format_ in ("csv", "html", "txt"):
            assert as_file(format_, "c_1", [row], locale).body
