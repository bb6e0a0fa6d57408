"""Phrases and codes that cannot be guessed, and names that only staff may have."""

import pytest

from chatserver.trust.links import Official
from chatserver.trust.proof.names import is_reserved, neutral_name
from chatserver.trust.proof.phrases import (
    CHINESE,
    ENGLISH,
    WINDOW_MS,
    code_of,
    is_code_of,
    is_phrase_of,
    phrase_of,
)
from chatserver.trust.shield.shield import SecretShield

KEY = b"k" * 32
OURS = Official(["tidepurse.com"], ["Tidepurse", "潮汐钱包"])


def test_a_phrase_is_the_same_everywhere_until_its_time_is_over() -> None:
    first, later = phrase_of(KEY, "lin", 5), phrase_of(KEY, "lin", WINDOW_MS - 1)
    assert first == later
    assert phrase_of(KEY, "lin", WINDOW_MS).en != first.en
    assert phrase_of(KEY, "may", 5).en != first.en
    assert phrase_of(b"x" * 32, "lin", 5).en != first.en
    assert first.until == WINDOW_MS


def test_a_phrase_is_true_in_both_languages_and_one_window_longer() -> None:
    phrase = phrase_of(KEY, "lin", 5)
    for said in (phrase.en, phrase.zh, phrase.en.upper(), f" {phrase.zh.replace(' ', '')} "):
        assert is_phrase_of(KEY, "lin", said, WINDOW_MS + 1)
        assert not is_phrase_of(KEY, "may", said, 5)
    assert not is_phrase_of(KEY, "lin", phrase.en, 2 * WINDOW_MS)
    assert not is_phrase_of(KEY, "lin", "", 5)


def test_the_lists_have_64_words_each_and_no_phrase_is_taken_for_a_secret() -> None:
    assert len(set(ENGLISH)) == len(ENGLISH) == len(set(CHINESE)) == len(CHINESE) == 64
    shield = SecretShield()
    for user in range(200):
        phrase = phrase_of(KEY, str(user), 5)
        assert shield.find(phrase.en) == shield.find(phrase.zh) == []


def test_an_agents_code_is_theirs_alone() -> None:
    code = code_of(KEY, "a_1")
    assert is_code_of(KEY, "a_1", code.lower().replace("-", " "))
    assert not is_code_of(KEY, "a_2", code)


@pytest.mark.parametrize(
    "name",
    ["Support", "Support ✓", "ＡＤＭＩＮ", "аdmin", "s u p p o r t", "Tidepurse Support", "tidеpurse",
     "客服小王", "官 方", "官方客服", "管理員",
     "Customer Service", "official", "0fficial", "Sup\u200bport", "潮汐钱包",
     "系统通知", "⭐VIP⭐", "Moderator Jim", "人工客服01"],
)  # fmt: skip
def test_names_of_staff_are_reserved_in_every_disguise(name: str) -> None:
    assert is_reserved(name, OURS), name


@pytest.mark.parametrize(
    "name",
    ["林晓芸", "Alex Turner", "阿May", "王安全", "Adam Minter", "李官",
     "Mr. Staffordshire", "O'Neil-Smith", "Supriya", "关芳", "u7", "Zoë"]
)  # fmt: skip
def test_names_of_people_are_not(name: str) -> None:
    assert not is_reserved(name, OURS), name


def test_who_came_with_such_a_name_is_shown_under_a_neutral_one() -> None:
    assert neutral_name("user-1234", "zh-CN") == "用户 1234"
    assert neutral_name("user-1234", "en") == "User 1234"
