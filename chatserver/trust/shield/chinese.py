"""Recovery phrases in Chinese: 12 and more list characters, together or apart.

The list holds the 2,048 most used characters, the most used first, so that any sentence is made of them. A phrase
differs from a sentence in that its characters are drawn evenly: most of them are rare ones.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import accumulate, repeat
from math import log2
from operator import sub
from typing import Final

from msgspec import Struct

from chatserver.trust.shield.spans import Span
from chatserver.trust.shield.vocabulary import vocabulary
from chatserver.trust.shield.wordlists import WORDS_IN_A_PHRASE, has_checksum, word_list

LEAST: Final = WORDS_IN_A_PHRASE[0]
LISTS: Final = ("chinese_simplified", "chinese_traditional")

COMMON: Final = (
    "钱錢包账帳户戶密码碼验驗证證转轉充值提现現客服助词詞记記私钥鑰恢复復备備份登录錄链鏈接银銀行卡币幣冻凍结結审審"
    "核安全订訂单單号號手机機短信邮郵箱实實名认認付款退额額度限费費率网網络絡版本更新升级級设設置页頁面请請您好谢謝"
    "帮幫忙怎么麼样樣什么麼为為吗嗎呢吧啊哦嗯哪昨今明晚早午刚剛才已经經还還没沒收点點击擊屏幕截图圖联聯系系统統"
    "错誤误提示失败敗成功等待处處理查询詢询问問题題解决决绑绑定解除注销銷销注册冊删删除换換改换骗騙诈詐盗盜丢丟忘"
    "输輸入出写寫抄导導新旧舊个個字念听聽排队隊急快慢钟鐘秒分天月年元块塊万萬千百谁誰给給让讓跟把被从從对對错"
)
"""Characters that wallet talk uses all the time though they are rare elsewhere."""

NEVER: Final = -40.0
"""The score of a character that is on no list: no stretch with it can look like a phrase."""

EVEN: Final = -2.75
"""Mean score above which characters are rather a phrase than a sentence. Of random phrases 99 in 100 have it, of
stretches of 12 characters in wallet talk one in a thousand."""

EVEN_ENOUGH: Final = {True: -3.2, False: -3.0}
"""Mean scores from which a right checksum convinces, where the talk is of phrases and where it is not."""

EVEN_ALONE: Final = -3.6
"""The same for characters that are all that a message holds."""

CERTAIN: Final = -2.25
"""Mean score that convinces without a checksum, if the stretch stands by itself."""

WORTH_OF_AN_END: Final = 4.0
"""What an end at a mark or a space tells, in bits: a sixteenth of all places in a sentence are."""

TRIED: Final = 400
"""Stretches that are tried for a checksum; a message with more holds little else than rare characters."""

FIRST_CHARACTER: Final = "\u3400"
_CHARACTER: Final = "[\u3400-\u9fff]"
_RUN: Final = re.compile(f"{_CHARACTER}+")
_BETWEEN: Final = "[^\u3400-\u9fffa-z\\0]"
_BREAK: Final = re.compile(rf"[a-z\0。！？!?]|{_BETWEEN}{{7,}}")
_RUN_OR_BREAK: Final = re.compile(rf"{_CHARACTER}+|[a-z\0。！？!?]+")
_MARK: Final = re.compile(r"[，,、;；:：\n]")
PHRASE_SIGN: Final = re.compile(rf"(?:{_CHARACTER}[^\u3400-\u9fff]*){{{LEAST}}}")
"""So many characters as the shortest phrase has, wherever they stand."""

# Characters one by one, with spaces, marks or numbers between them.
_APART: Final = re.compile(rf"{_CHARACTER}(?:{_BETWEEN}{{1,6}}+{_CHARACTER}(?!{_CHARACTER})){{11,}}")
_NUMBER: Final = re.compile(r"\d{1,2}\s?[.)、:）\-]?\s?\Z")
ABOUT: Final = tuple(vocabulary()["about"])
"""Words by which people speak of their phrase."""

_LABEL: Final = re.compile("助[记記][词詞]|助[词詞][记記]|恢[复復][词詞]|恢[复復]短[语語]")


class Stretch(Struct, frozen=True):
    """Characters in a row, by number: from `first` up to `end`, and what speaks for a phrase, in bits."""

    first: int
    end: int
    evidence: float


class Characters(Struct, frozen=True):
    """The Chinese characters of a text, their places in it, and the sums of their scores up to each."""

    text: str
    places: list[int]
    low: str
    sums: list[float]

    def mean(self, first: int, end: int) -> float:
        """The mean score of a stretch."""
        return (self.sums[end] - self.sums[first]) / (end - first)

    def ends(self, first: int, end: int) -> int:
        """How many ends of a stretch are not in the middle of characters."""
        starts = first == 0 or self.places[first - 1] + 1 < self.places[first]
        return starts + (end == len(self.places) or self.places[end - 1] + 1 < self.places[end])

    def span(self, first: int, end: int) -> Span:
        """A stretch as what was found."""
        return Span(self.places[first], self.places[end - 1] + 1, "mnemonic")

    def is_varied(self, first: int, end: int) -> bool:
        """Whether it could have been drawn: hardly any character comes twice among so many that could."""
        return 2 * len(set(self.text[first:end])) > end - first

    def is_whole(self, first: int, end: int) -> bool:
        """Whether nothing else than marks and spaces stands within a stretch."""
        start, last = self.places[first], self.places[end - 1]
        if last - start == end - 1 - first:
            return True
        inside = self.low[start : last + 1]
        if _BREAK.search(inside):
            return False
        # A sentence has its marks here and there, a phrase after each so many characters.
        sizes = [sum(map(len, _RUN.findall(part))) for part in _MARK.split(inside)]
        return len(sizes) == 1 or (len(sizes) > 2 and len(set(sizes)) == 1)


@cache
def scores() -> dict[str, float]:
    """How much a character speaks against a sentence, in bits below zero."""
    found: dict[str, float] = {}
    for language in LISTS:
        for character, place in word_list(language).items():
            found[character] = max(found.get(character, NEVER), log2((place + 20) / 2048))
    return found | {character: log2(60 / 2048) for character in COMMON if character in found}


def find_chinese(low: str) -> list[Span]:
    """Every recovery phrase in Chinese, sorted."""
    if low.isascii():
        return []
    written = low
    if "助" in low or "恢" in low:
        low = _LABEL.sub(lambda label: "\0" * len(label[0]), low)
    pieces = _RUN_OR_BREAK.findall(low)
    runs = [piece for piece in pieces if piece[0] >= FIRST_CHARACTER]
    lengths = list(map(len, runs))
    count = sum(lengths)
    if count < LEAST:
        return []
    found = list(_find_apart(low)) if lengths.count(1) >= LEAST - 1 else []
    if not found:
        even = EVEN_ALONE if count in WORDS_IN_A_PHRASE else min(EVEN_ENOUGH.values())
        # What breaks a sentence stands as one character that no phrase has.
        text = "".join([piece if piece[0] >= FIRST_CHARACTER else "\0" for piece in pieces])
        sums = list(accumulate(map(scores().get, text, repeat(NEVER)), initial=0.0))
        most = max(map(sub, sums[LEAST:], sums), default=NEVER)
        about = most > even * LEAST and any(word in written for word in ABOUT)
        even = EVEN_ALONE if count in WORDS_IN_A_PHRASE else EVEN_ENOUGH[about]
        if most > even * LEAST:
            characters = Characters(text, _places(low), low, sums)
            found += _find_together(characters, list(_rare_parts(characters, even)), even, about=about)
    return sorted(found)


def _places(low: str) -> list[int]:
    places = list[int]()
    for piece in _RUN_OR_BREAK.finditer(low):
        start, end = piece.span()
        places.extend(range(start, end) if low[start] >= FIRST_CHARACTER else (start,))
    return places


def _find_apart(low: str) -> Iterator[Span]:
    for match in _APART.finditer(low):
        places = [one.start() for one in re.finditer(_CHARACTER, match[0])]
        text = "".join(match[0][place] for place in places)
        begins = match.start() > 0 and low[match.start() - 1] >= FIRST_CHARACTER  # the end of the sentence before
        first, end = _best_apart(text, later=begins)
        if end:
            start = match.start() + places[first]
            number = _NUMBER.search(low, max(0, start - 5), start)
            if number and re.search(r"\d", match[0][places[first] : places[first + 1]]):
                start = number.start()
            yield Span(start, match.start() + places[end - 1] + 1, "mnemonic")


def _best_apart(text: str, *, later: bool) -> tuple[int, int]:
    """The phrase among single characters: with a right checksum, else nearly all of them if they are rare.

    `later`: rather one that begins after the first character.
    """
    count = len(text)
    parts = (
        (a, a + length)
        for length in reversed(WORDS_IN_A_PHRASE)
        for a in sorted(range(max(0, min(count - length, 5) + 1)), key=lambda first: later and first == 0)
    )
    for first, end in [(0, count), *parts]:
        if end <= count and end - first in WORDS_IN_A_PHRASE and _is_phrase(text[first:end]):
            return first, end
    known = [scores()[one] for one in text if one in scores()]
    even = len(known) >= count - 1 and sum(known) / len(known) > EVEN_ENOUGH[True]
    return (0, count) if even else (0, 0)


def _is_phrase(text: str) -> bool:
    """Whether the characters are of one list and the checksum is right."""
    return any(
        all(map(word_list(language).__contains__, text)) and has_checksum(text, word_list(language))
        for language in LISTS
    )


def _rare_parts(characters: Characters, even: float) -> Iterator[tuple[int, int]]:
    """Unbroken parts in which so many characters as the shortest phrase has are rare enough."""
    end = 0
    for first, score in enumerate(map(sub, characters.sums[LEAST:], characters.sums)):
        if first >= end and score > even * LEAST:
            start = characters.text.rfind("\0", 0, first) + 1
            end = characters.text.find("\0", first)
            end = len(characters.text) if end < 0 else end
            yield start, end


def _find_together(characters: Characters, parts: list[tuple[int, int]], even: float, *, about: bool) -> list[Span]:
    likely = [one for part in parts for one in _likely(characters, *part, even)]
    if len(likely) > TRIED:
        return [characters.span(*region) for region in _merged(likely)]
    fitting = [one for one in likely if _is_phrase(characters.text[one.first : one.end])]
    certain = [one for one in likely if _is_certain(characters, one, about=about)]
    chosen: list[Stretch] = []
    for one in sorted(fitting, key=lambda one: -one.evidence) + sorted(certain, key=lambda one: -one.evidence):
        if all(one.end <= other.first or other.end <= one.first for other in chosen):
            chosen.append(one)
    return [characters.span(one.first, one.end) for one in chosen]


def _likely(characters: Characters, start: int, end: int, even: float) -> Iterator[Stretch]:
    """Stretches as long as a phrase whose characters are rare enough."""
    sums = characters.sums[start : end + 1]
    for length in WORDS_IN_A_PHRASE:
        least = even * length
        rare = [at for at, score in enumerate(map(sub, sums[length:], sums), start) if score > least]
        for first in rare:
            last = first + length
            if characters.is_varied(first, last) and characters.is_whole(first, last):
                bits = characters.sums[last] - characters.sums[first] - EVEN * length + length / 3
                yield Stretch(first, last, bits + WORTH_OF_AN_END * characters.ends(first, last))


def _is_certain(characters: Characters, one: Stretch, *, about: bool) -> bool:
    """Whether a stretch is a phrase though its checksum is wrong: it stands by itself, and all of it is rare."""
    mean = characters.mean(one.first, one.end)
    return characters.ends(one.first, one.end) == 2 and mean > (EVEN if about else CERTAIN)


def _merged(likely: list[Stretch]) -> list[tuple[int, int]]:
    regions: list[tuple[int, int]] = []
    for one in sorted(likely, key=lambda one: one.first):
        if regions and one.first <= regions[-1][1]:
            regions[-1] = (regions[-1][0], max(regions[-1][1], one.end))
        else:
            regions.append((one.first, one.end))
    return regions
