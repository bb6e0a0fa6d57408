"""What the phishing shield promises: what a link really is, and who pretends to be the company."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatserver.trust.links import Official, impersonates, judge, lookalike

DATA = Path(__file__).parents[3] / "data" / "links"
_SAID = json.loads((DATA / "official.json").read_text(encoding="utf-8"))
OURS = Official(_SAID["domains"], _SAID["brand"], _SAID["emails"])
BAD = {"suspicious", "phishing"}


MISSED = ["潮汐钱包官网 https://chaoxiqianbao.com 对吗"]
"""The company's name in pinyin, which these settings do not list."""


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def test_the_sample_is_judged_as_it_says() -> None:
    for row in rows("sample"):
        judged = {link.url: link.verdict for link in judge(row["text"], OURS)}
        assert {url: "phishing" if verdict in BAD else "ok" for url, verdict in judged.items()} == {
            one["url"]: one["verdict"] for one in row["urls"]
        }
        assert impersonates(row["text"], OURS) is row["impersonation"], row["text"]


@pytest.mark.parametrize("name", ["first", "second", "third"])
def test_what_was_found_in_the_sets_held_out_stays_found(name: str) -> None:
    for row in rows(name):
        if row["text"] in MISSED:
            continue
        verdicts = {link.verdict for link in judge(row["text"], OURS)}
        match row.get("link"):
            case "flagged":
                assert verdicts & BAD, row["text"]
            case "none":
                assert not verdicts, row["text"]
            case None:
                assert impersonates(row["text"], OURS) is row["impersonation"], row["text"]
            case verdict:
                assert verdicts == {verdict}, row["text"]


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://2130706433/", "127.0.0.1"),
        ("http://0x7f.1/", "127.0.0.1"),
        ("http://0177.0.0.01/", "127.0.0.1"),
        ("https://tidepurse.com@evil.example/", "evil.example"),
        ("https://tidepurse.com.login.evil.example/x", "tidepurse.com.login.evil.example"),
        ("https://TIDEPURSE.com.:443/help", "tidepurse.com"),
        ("https://ｔｉｄｅｐｕｒｓｅ。ｃｏｍ/", "tidepurse.com"),
        ("https://xn--fiqs8s/", "中国"),
    ],
)
def test_the_real_host_is_told(url: str, host: str) -> None:
    assert judge(url, OURS)[0].host == host


def test_places_are_in_code_points_and_give_the_link_back() -> None:
    text = "👌 see https://help.tidepurse.com/zh/faq，thanks"
    (link,) = judge(text, OURS)
    assert text[link.start : link.end] == link.url == "https://help.tidepurse.com/zh/faq"


def test_without_official_domains_nothing_is_official_and_nothing_imitates() -> None:
    nobody = Official([])
    assert [link.verdict for link in judge("https://tidepurse.com and https://bit.ly/x", nobody)] == [
        "unknown",
        "suspicious",
    ]


@given(st.text(alphabet="ab.:/@-点 \u200b。[]()xhtps0１漢%\\", max_size=120))
def test_no_text_breaks_it_and_places_fit(text: str) -> None:
    for link in judge(text, OURS):
        assert text[link.start : link.end] == link.url
    impersonates(text, OURS)


@pytest.mark.parametrize(
    "piece",
    ["a.", "http://", "a@", "x点", "https://a.b ", "1.2.", "官方客服", "加我微信", "i am support ", "a-", "//a", "%2e"],
)
def test_no_text_can_hold_it_up(piece: str) -> None:
    text = (piece * 4_000)[:4_000]
    start = time.thread_time()
    judge(text, OURS)
    impersonates(text, OURS)
    assert time.thread_time() - start < 1.0


def test_what_users_write_is_not_remembered_for_ever() -> None:
    for number in range(3 * lookalike.KEPT):
        lookalike.skeleton(f"wallet {number}")
    assert lookalike.known_skeleton.cache_info().currsize <= lookalike.KEPT
    before = lookalike.known_skeleton.cache_info()
    assert lookalike.skeleton("w" * 4_000) == "w" * 4_000
    assert lookalike.known_skeleton.cache_info() == before
