"""What a value in a chat is called: the words for passwords and codes, and those for everything else that has digits.

All of them are looked for in one pass over the text, however many they are.
"""

import re
from bisect import bisect_left
from functools import cache
from itertools import product
from string import ascii_letters
from typing import Final, NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from chatserver.trust.shield.vocabulary import vocabulary

OTHER: Final = "other"
"""The kind of a noun whose value is no secret: an order, an error, a version."""

WEAK: Final = "code"
"""The kind of a noun that may name a one-time code or anything else."""

PAIR: Final = "pair"
"""The kind of what stands before a name and its password together."""


class Noun(NamedTuple):
    """A word that names a value: its place and the kind of secret, or `code`, `pair` or `other`."""

    start: int
    end: int
    kind: str


_SIMPLER: Final = str.maketrans(vocabulary()["traditional"], vocabulary()["simplified"])
# Traditional characters of these words, so that each is listed once.
_TRADITIONAL: Final = re.compile("[" + vocabulary()["traditional"] + "]")
_NEAR: Final = re.compile(
    r"(?:手机|电话|账户|账号|用户名?|昵称|名字|邮箱|充[了值]*|转[了账]*|提[了现]*|付[了款]*|消费了?|花了?|买了?"
    r"|扣了?|欠|等了?|等到|约|大概|共|至少"
    r"|最少|最多|超过|不到|才|只有|剩|从|第|满|减|送|返|排队|在|我的号"
    r"|(?<![a-z])(?:atm|id|account|user|username|name|email|paid|sent|deposited|withdrew|transferred|got|about"
    r"|over|exactly|under"
    r"|waited|spent|cost|lost|bought|charged|another|around|only|at|in|on|by|after|before))"
    r"(?:[\s:：是为了#.]{0,4}|\s?(?:is|was|no\.?|number)\s?)\Z"
)
"""What names only the value right behind it."""


_LETTERS: Final = frozenset(ascii_letters)


class Nearby:
    """The nouns of a text around places of it."""

    def __init__(self, nouns: list[Noun]) -> None:
        self.kinds = {noun.kind for noun in nouns}
        self._nouns = nouns
        self._starts = [noun.start for noun in nouns]

    def around(self, start: int, end: int) -> tuple[Noun | None, Noun | None]:
        """The nearest before a stretch and the nearest after it."""
        before, after = bisect_left(self._starts, start), bisect_left(self._starts, end)
        return (
            self._nouns[before - 1] if before else None,
            self._nouns[after] if after < len(self._nouns) else None,
        )


class _Listed(NamedTuple):
    word: str
    kind: str
    english: bool


@cache
def _automaton() -> tuple[AhoCorasick, list[_Listed]]:
    words = vocabulary()
    back = str.maketrans(words["simplified"], words["traditional"])
    chinese = [(word, kind) for kind, members in words["chinese"].items() for word in members]
    chinese += [("".join(parts), kind) for kind, three in words["combined"].items() for parts in product(*three)]
    chinese += [(word.translate(back), kind) for word, kind in chinese]
    listed = [_Listed(word, kind, english=False) for word, kind in chinese]
    listed += [_Listed(word, kind, english=True) for kind, members in words["english"].items() for word in members]
    listed = list({one.word: one for one in listed}.values())
    return AhoCorasick([one.word for one in listed], matchkind=MatchKind.LeftmostLongest), listed


NOUN_SIGN: Final = re.compile("|".join(re.escape(one.word) for one in _automaton()[1] if one.kind != OTHER))
"""Any noun of a secret."""

# What a `code` is, by the words before it.
_CODE_OF: Final = re.compile(
    r"(?P<cvv>card (?:security|verification|validation|id) |\bsec |(?:three|3|four|4)[ -]digit (?:security )?)\Z"
    r"|(?P<pin>\b(?:pin|pass|unlock|lock|screen) ?-?)\Z"
    r"|(?P<other>\b(?:error|err|status|promo|promotion|invit(?:e|ation)|zip|post|postal|country|area|swift|bank"
    r"|qr|referral"
    r"|discount|gift|coupon|voucher|redeem|sort|source|response|exit|order|bar|dress|morse|booking|tracking"
    r"|short|color|colour"
    r"|city|branch|dial(?:l?ing)?|phone|serial|account|ticket|case|model|reference|flight|routing|agent|policy"
    r"|member|card"
    r"|street|house|product|item|tax|id)[ -])\Z"
    r"|(?P<otp>(?:verif\w+|one[ -]?time|1[ -]time|auth\w*|2fa|mfa|sms|log ?in|sign[ -]?in|google|confirm\w*"
    r"|security|access"
    r"|guard|telegram|whats ?app|wechat|signal|apple(?: id)?|icloud|coinbase|binance|kraken|okx|paypal|gmail|outlook"
    r"|text(?:ed)?|(?:[4-8]|four|five|six|seven|eight)[ -]digit|e-?mail(?:ed)?|safety|dynamic|otp|factor"
    r"|验证)[ -]?(?:pass)?)\Z"
)
_DIGITS_OF: Final = re.compile(
    r"(?P<other>\b(?:last|final|first|ending)(?: the)? (?:three|3|four|4|six|6)[ -])\Z"
    r"|(?:(?P<cvv>(?:three|3|four|4)[ -])|(?P<otp>(?:[568]|six|five|eight)[ -]))\Z"
)
_ON_THE_BACK: Final = re.compile(
    r"\s?(?:of)?(?: it| the card| my card| card)?\W{0,3}(?:is |says |are |reads )?\d{3}(?!\d)"
)
_SAYS_THREE: Final = re.compile(
    r"(?:上|那|的|旁边?|处|里|印着?|写着?|有|签名[处栏条]?|[三3][位个](?:数字?|码)?)*[是:：\s]{0,2}[0-9]{3}(?![0-9])"
)
_SENT: Final = re.compile(r"(?:已经?)?(?:发到|发来|发给|短信)|[是:：\s]{0,2}\d{6}(?!\d)")
_SAYS_FOUR: Final = re.compile(r"[是:：\s]{0,2}[0-9]{4}")
_BY_TEXT: Final = re.compile(
    r" ?(?:sent |received |i got |from |by |in |via )*(?:the |an? )?(?:sms|text(?:ed)?|e?mail(?:ed)?)\b"
)
_TO_DO_SO: Final = re.compile(r"(?: is|:)? ?\d{4,8} to [a-z]")
_THREE_OR_FOUR: Final = re.compile(r"\W{0,3}(?:is|was|:)?\W{0,3}\d{3,4}(?!\d)")
_SIX_FOLLOW: Final = re.compile(r"\W{0,3}(?:is|was|:)?\W{0,3}\d{6}(?!\d)")
_OF_A_CARD: Final = re.compile(
    r"[ ]?(?:code |number |digits )?(?:on|of|from|off)?(?: the| my)? (?:card|back|visa|reverse)\b"
)
_NO_SECRET: Final = re.compile(
    r"(?:boarding|bus|day|season|ski|lift|train|free|hall|gym|by|did not|will|please|must) \Z"
)
_MORE_OF_A_PIN: Final = re.compile(r"[ -]?(?:code|number|no\.?|码|碼)")
_DEVICES: Final = frozenset({"phone", "mobile"})
_TO_A_DEVICE: Final = re.compile(r"\b(?:to|on|by|via|from|with) (?:my|the|your|our|his|her) (?:old |new )?\Z")
_QUALIFIED_PIN: Final = re.compile(r"(?:verif\w+|one[ -]?time|sms) \Z")


def simpler(low: str) -> str:
    """A text in the characters in which the words around values are looked for; places are the same."""
    return low.translate(_SIMPLER) if not low.isascii() and _TRADITIONAL.search(low) else low


def find_nouns(low: str) -> list[Noun]:
    """The nouns of a text in small letters, in order, none within another."""
    automaton, listed = _automaton()
    found: list[Noun] = []
    for number, start, end in automaton.find_matches_as_indexes(low):
        word, kind, english = listed[number]
        if english and (low[start - 1 : start] in _LETTERS or low[end : end + 1] in _LETTERS):
            continue
        noun = _english(low, start, end, word, kind) if english else _chinese(low, start, end, kind)
        if noun is None:
            continue
        while found and noun.start < found[-1].end <= noun.end:
            found.pop()
        found.append(noun)
    return found


def named_nearby(plain: str, start: int) -> bool:
    """Whether the word right before a value says that it is no secret: an amount, an account."""
    return _NEAR.search(plain, max(0, start - 18), start) is not None


def _stands_alone(low: str, start: int, end: int) -> bool:
    return low[start - 1 : start] not in _LETTERS and low[end : end + 1] not in _LETTERS


def _chinese(low: str, start: int, end: int, kind: str) -> Noun | None:
    if kind == "back":
        return Noun(start, end, "cvv") if _SAYS_THREE.match(low, end) else None
    if kind == "screen":
        return Noun(start, end, "pin") if _SAYS_FOUR.match(low, end) else None
    if kind == "mm":
        alone = _stands_alone(low, start, end) and low[end : end + 1] in tuple("是:： ")
        return Noun(start, end, "password") if alone else None
    if kind == WEAK and end - start == 1 and "\u3400" <= low[start - 1 : start] <= "\u9fff":
        return Noun(start, end, WEAK) if low[start - 1] in "那这這的个個把报報" else None
    if kind == "cvv" and low.startswith("安全码", start) and _SENT.match(low, end):
        kind = "otp"
    if kind == "otp" and end - start == 3 and low.startswith("校", start) and "卡" in low[end : end + 5]:
        kind = "cvv"
    return Noun(start, end, kind)


def _english(low: str, start: int, end: int, word: str, kind: str) -> Noun | None:  # noqa: PLR0911  (one return a kind)
    if kind == "code" or word == "passcode":
        return _code(low, start, end, kind)
    if kind == "digits":
        said = _DIGITS_OF.search(low, max(0, start - 30), start)
        return Noun(said.start(), end, str(said.lastgroup)) if said else None
    if kind == "number":
        said = _CODE_OF.search(low, max(0, start - 30), start)
        return _code(low, start, end, kind) if said and said.lastgroup != OTHER else None
    if kind == "on the back":
        return Noun(start, end, "cvv") if _ON_THE_BACK.match(low, end) else None
    if word == "pass" and _NO_SECRET.search(low, max(0, start - 12), start):
        return None
    if kind == "pin":
        qualified = _QUALIFIED_PIN.search(low, max(0, start - 14), start) or _BY_TEXT.match(low, end)
        more = _MORE_OF_A_PIN.match(low, end)
        return Noun(start, more.end() if more else end, "otp" if qualified else kind)
    if word in _DEVICES and _TO_A_DEVICE.search(low, max(0, start - 18), start):
        return None
    if word == "password" and re.search(r"one[ -]?time \Z", low[max(0, start - 9) : start]):
        kind = "otp"
    return Noun(start, end, kind)


def _code(low: str, start: int, end: int, kind: str) -> Noun:
    said = _CODE_OF.search(low, max(0, start - 30), start)
    if said is None:
        return Noun(
            start, end, "otp" if kind == "pin" and (_BY_TEXT.match(low, end) or _TO_DO_SO.match(low, end)) else kind
        )
    meant = str(said.lastgroup)
    if meant == OTHER and said[0].startswith(("phone", "id")) and _SIX_FOLLOW.match(low, end):
        meant = "otp"
    if meant == OTHER and said[0].startswith("card") and _THREE_OR_FOUR.match(low, end):
        meant = "cvv"
    if meant == "otp" and (
        _OF_A_CARD.match(low, end) or (said[0].startswith("security") and _THREE_OR_FOUR.match(low, end))
    ):
        meant = "cvv"
    return Noun(said.start(), end + 7 * low.startswith(" number", end), meant)
