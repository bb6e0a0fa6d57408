"""A link is good for one file, one person, one minute."""

from msgspec.structs import replace

from chatserver.conversation.attachments.links import LIFE_MS, Links
from tests.unit.conversation.cast import ANNA, BEN, served_by

NOW = 1_700_000_000_000


def link_of(path: str) -> str:
    return path.partition("?link=")[2]


def test_a_link_is_bound_to_file_person_time_and_owner() -> None:
    links, head = Links(b"secret"), served_by(ANNA)
    link = link_of(links.path("f_1", head, ANNA, NOW))
    assert links.holds(link, "f_1", head, ANNA, NOW)
    assert links.holds(link, "f_1", head, ANNA, NOW + LIFE_MS - 1)
    assert not links.holds(link, "f_1", head, ANNA, NOW + LIFE_MS)
    assert not links.holds(link, "f_2", head, ANNA, NOW)
    assert not links.holds(link, "f_1", head, BEN, NOW)
    assert not links.holds(link, "f_1", replace(head, epoch=head.epoch + 1), ANNA, NOW)
    assert not links.holds(link, "f_1", replace(head, status="closed"), ANNA, NOW)
    assert not Links(b"other").holds(link, "f_1", head, ANNA, NOW)


def test_whatever_somebody_makes_up_is_no_link() -> None:
    links, head = Links(b"secret"), served_by(ANNA)
    link = link_of(links.path("f_1", head, ANNA, NOW))
    later = f"{NOW + 10 * LIFE_MS}.{link.partition('.')[2]}"
    for made_up in ("", ".", "x.y", later, f"{NOW + 1}.", "٣.x", link + "0", link[:-1], "9" * 500):
        assert not links.holds(made_up, "f_1", head, ANNA, NOW)
