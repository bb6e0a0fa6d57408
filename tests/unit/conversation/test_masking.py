"""What staff see of who somebody is."""

import pytest

from chatserver.conversation.masking import (
    masked_email,
    masked_name,
    masked_phone,
    masked_wallet,
    name_for_agents,
)


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("Lin Wei", "Lin"),
        ("Lin", "Lin"),
        ("  Ana  Maria Silva ", "Ana"),
        ("林小美", "林**"),
        ("欧阳娜娜", "欧阳**"),
        ("欧阳", "欧**"),
        ("林", "林"),
        ("", ""),
    ],
)
def test_a_name_is_cut_to_what_one_is_addressed_by(name: str, seen: str) -> None:
    assert masked_name(name) == seen


def test_the_name_that_we_gave_a_visitor_stays() -> None:
    assert name_for_agents("v_9hV", "Visitor 3f2a") == "Visitor 3f2a"
    assert name_for_agents("lin", "Lin Wei") == "Lin"


def test_contacts_keep_just_enough_to_compare_with_what_somebody_says() -> None:
    assert masked_email("lin.wei@example.com") == "l***@example.com"
    assert masked_email("nonsense") == "***"
    assert masked_phone("+86 138 0013 8000") == "***00"
    assert masked_phone("12") == "***"
    assert masked_wallet("0x52908400098527886E0F7030069857D2E4169EE7") == "***9EE7"
    assert masked_wallet("short") == "***"
