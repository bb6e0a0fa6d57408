"""Passwords, codes, PINs and what is printed on cards: values that only the words around them give away."""

import re
from collections.abc import Iterator
from typing import Final

from chatserver.trust.shield.card_details import beside_cards
from chatserver.trust.shield.spans import Span

LABELS: Final = re.compile(
    r"(?P<cvv>\b(?:cvv|cvc|cvn|csc|cav)(?:\b|2\b|(?=[0-9\u3400-\u9fff]))2?|(?:卡片?|信用卡)?(?:安全[码碼]"
    r"|[检檢校][验驗查][码碼](?=.{0,4}卡))"
    r"|[背后後][面头頭]?(?:的|那|是|有)?(?:三|3|四|4)[位个個](?:[数數]字|[数數])?|末(?:三"
    r"|3)位|(?:卡)?背面?的?[数數]字|(?:card )?security code|card verification (?:code"
    r"|value|number)"
    r"|(?:3|three|4|four)[ -]?digits?(?: code| number)?(?: on| off| from)?(?: the)? back"
    r"|(?:on|off|from)? ?(?:the )?back(?: of)?(?: it| the card| my card| card)?(?=\W{0,3}(?:is "
    r"|says |are )?\d{3}))"
    r"|(?P<otp>[验驗]证码|[验驗][证證][码碼]|校[验驗][码碼]|[动動][态態](?:[码碼]|口令"
    r"|密[码碼])|短信[码碼]|[簡简][讯訊][码碼]|一次性(?:密[码碼]|口令)|[认認][证證][码碼]"
    r"|[确確][认認][码碼]|谷歌[码碼]|google ?码"
    r"|\botp\b(?: code| number)?|(?:verif\w+|one[- ]?time|1[- ]time|auth\w*|2fa|mfa|sms"
    r"|login|sign[- ]?in|google|confirm\w*|security|access|text(?:ed)?|6[- ]digit|six[- ]digit"
    r"|email(?:ed)?)[ -]?(?:pass)?codes?\b|one[- ]?time (?:password|pin)|\b2fa\b|\btotp\b)"
    r"|(?P<pin>(?:支付|交易|[资資]金|取款|提[现現款幣币]|付款|[锁鎖]屏|屏保|[数數]字"
    r"|六位|6位|四位|4位|[钱錢]包(?:支付)?|[银銀]行卡|信用卡|卡|[转轉][账帳]|[手]?[势勢]"
    r"|解[锁鎖]|安全)的?(?:密[码碼]|口令)|\bpin(?:\b|(?=[\u3400-\u9fff0-9]))(?:[ -]?(?:code"
    r"|number|no\.?|码|碼))?|解[锁鎖][码碼]|个人识别码|passcode|pass code|unlock code)"
    r"|(?P<password>密[码碼]|口令|密[语語]|\bpass(?:word|wd|phrase)s?|\bpasswd\b|\bpswd\b"
    r"|\bpwd\b|\bpw\b|\bpass\b|(?<![a-z])psw\b|\bpassw\b)"
)
STEMS: Final = (
    "码", "碼", "口令", "密语", "密語", "pass", "pwd", "pw", "psw", "pin", "otp", "code", "cvv", "cvc", "cvn", "csc",
    "cav", "2fa", "digit",
    "back", "verif", "背", "末三", "末3", "后三", "後三", "后3", "后四", "后的", "后面",
)  # fmt: skip
"""Every label has one of these, and most messages none: searching for plain words is many times faster."""

AROUND_A_STEM: Final = 26
"""Characters of a label before and after its stem."""

_PLAIN_CODE: Final = re.compile(
    r"code(?: (?:is|was|i got|they sent|you sent|it sent)(?: me)?(?: is| was)?:? ?(?P<said>\d{4}(?!\d))"
    r"|(?: (?:is|was|i got|they sent|you sent|it sent)(?: me)?(?: is| was)?:?|:) ?(?P<value>(?:g-)?\d{6}"
    r"|\d{3}[ -]\d{3}))(?![\d.])"
)
_OTHER_CODES: Final = re.compile(
    r"(?:error|err|pin|pass|unlock|status|promo|invit(?:e|ation)|zip|post|postal|country"
    r"|area|swift|bank|qr|referral|discount|gift|coupon|sort|source"
    r"|response|exit|order|bar|[a-z](?=\Z))\s?\Z"
)
# What may stand between a label and its value. Possessive, so that a text cannot make it try twice.
_LINK: Final = re.compile(
    r"(?:[\s:=\"'(（「『【\[<>—→～~]|[,，](?=\s?[0-9])|-(?=\s)|是(?!不|否|吗|嗎|什|啥"
    r"|多|几|幾|怎|错|錯|对|對)|[为為](?!什|啥|何)|就是|[应應][该該]是|好像是|大概是"
    r"|可能是|以前是|原?来?是"
    r"|我[记記]得是?|[设設][置的]?[的成为為]?[了是]?|改[成为為]了?|填的?是?|[写寫]的?是?"
    r"|[用叫]的?是?|[给給发發][你您]了?|收到的?了?是?|[号號]|[码碼]|[数數]字|如下|在[这這]里?"
    r"|[这這]里|[这這][个個]?|我的|我|的|了|哈|啊|呢|吧|都|[试試][过過了]*|(?:现在|現在"
    r"|[刚剛]才?|今天|原来|原來|旧|舊|新)的?是?"
    r"|is(?: it)?\b|was\b|as\b|are\b|were\b|of\b|for (?:my |the )?(?:account|wallet|app|login"
    r"|it|this|card)\b|code\b|number\b|no\.|it'?s\b|that i (?:use|set|used)\b|i (?:use"
    r"|used|set|got|have|received|tried|entered)\b|[to]o? (?:log ?in|unlock)\b|reads?\b"
    r"|says?\b|just came(?: in)?\b|came(?: in)?\b|(?:the |my )?(?:old|new)(?: one)?\b"
    r"|to\b|from\b|here\b|as follows|below\b|should be\b|that\b|the\b|my\b|tried\b|you sent(?: me)?\b"
    r"|g(?=-\d)(?!))"
    r"{0,10}+"
)
_STRONG: Final = re.compile(r"[:=是为為]|[\s:=][\"'「]|\b(?:is|was|as)\b")
_DIGITS: Final = {
    "cvv": re.compile(r"(?P<value>\d{3,4}|\d \d \d)(?![\d.%/]|[ -]?\d)"),
    "otp": re.compile(
        r"(?P<value>(?:[a-z]{1,2}-)?(?:\d{3}[ -]\d{3,4}|\d{4}[ -]\d{4}|\d{4,8}|\d(?: \d){3,7}))(?![\d%]|\.\d)"
    ),
    "pin": re.compile(r"(?P<value>\d(?: \d){3,7}|\d{4,8})(?![\d%a-z@_!#$]|\.\d)"),
}
_UNIT: Final = re.compile(
    r"\s?(?:[次个個位秒分天年月日条條块元人种種遍小]|多次|hours?\b|hrs?\b|h\b|times?\b"
    r"|digits?\b|characters?\b|chars?\b|letters?\b|minutes?\b|mins?\b|seconds?\b|secs?\b"
    r"|s\b|days?\b|attempts?\b|tries\b|times?\b|usdt|usd|eth\b|btc\b|percent|[号號]错"
    r"|版)"
)
_VALUE: Final = re.compile(r"[!-~]{4,64}")
_TAIL: Final = ".,;:)]}>\"'?"
_OPENING: Final = "\"'([{<"
_URL: Final = re.compile(r"(?:https?:|www\.|//)|[^@\s]+@[^@\s]+\.[a-z]{2,}\Z")
_OR: Final = re.compile(
    r"\s*(?:还是|還是|或者?|和|跟|与|與|、|，|,|/|;|；|\bor\b|\band\b|\bthen\b|\balso\b)+\s*(?:(?:是"
    r"|就是|新的?|旧的?|the|new|old|is|was)\s*)*"
)
_SAID_AFTER: Final = re.compile(
    r"(?P<values>[!-~]{4,40}(?:\s*(?:还是|還是|或者?|和|跟|与|與|、|/|or|and)\s*[!-~]{4,40}){0,3})[\s,，)）\"'」]*"
    r"(?P<link>(?:[这這那]|就?是|才是|[两兩几幾]|[个個]|我?的|我们|我|[当當作做][为為]?"
    r"|新|旧|舊|原来|老|登[录錄陆]|(?:is|was|are|were|as|these|those|both|two|my|the"
    r"|our|old|new|login|app|wallet|current|your|a|google|account|not)\b|[\s:,，(（\-←])*)\Z"
)
_COPULA: Final = re.compile(r"是|[这這那]|[当當]|[作做][为為]|\b(?:is|was|are|were|as|these|those|both)\b|[(（←]")
_CODE_BEFORE: Final = re.compile(
    r"(?<![\w.\-/])(?P<value>(?:g-)?(?:\d{3}[ -]\d{3}|\d{4,8}))[\s,，)）\"'」]*"
    r"(?:[这這那]?(?:就?是|才是)|\bis\b|\bwas\b|[(（←]|this is)\s*"
    r"(?:[这這那]?[个個]|我?的|[你您]们?的?|收到的?|the|my|your|a|google|新的?|\s)*+\Z"
)
_WORDS: Final = """
blocked locked disabled frozen suspended wrong incorrect invalid correct right reset forgot forgotten changed
change lost expired error fails failed failing again required needed safe secure weak strong same simple
hidden visible protected encrypted stored saved shown empty blank working rejected accepted refused asked
there here gone good fine okay please what when where which how why because and but with from that this then
than too very also only never always manager protection field page screen prompt strength policy recovery hint
login email phone fingerprint face code question account wallet iphone android chrome safari google apple
touch faceid telegram wechat alipay null undefined none true false still just being been have must should
could would does doesn't don't can't isn't won't your mine ours they them windows macos metamask trust ledger
nothing something anything every each after before since until while about into onto over under through
"""
# What is said about a password, and is none.
_PROSE: Final = frozenset(_WORDS.split())


def find_credentials(low: str, text: str, cards: list[Span]) -> list[Span]:
    """Every password, code, PIN, CVV and expiry date; `cards` are the card numbers found before."""
    found: list[Span] = []
    for label in _labels(low):
        kind = str(label.lastgroup)
        found += _after(kind, label, low, text) or _before(kind, label, low)
    if "code" in low:
        found += _plain_codes(low)
    return sorted({*found, *beside_cards(low, cards, found)})


def _labels(low: str) -> Iterator[re.Match[str]]:
    """Every label, looked for only around what all labels have a part of."""
    places = sorted(place for stem in STEMS if stem in low for place in _places(stem, low))
    end = 0
    for place in places:
        for label in LABELS.finditer(low, max(end, place - AROUND_A_STEM), place + AROUND_A_STEM):
            yield label
            end = label.end()


def _places(stem: str, low: str) -> Iterator[int]:
    place = low.find(stem)
    while place >= 0:
        yield place
        place = low.find(stem, place + 1)


def _plain_codes(low: str) -> Iterator[Span]:
    """Codes that are called nothing else than that, unless it is the code of something else."""
    for match in _PLAIN_CODE.finditer(low):
        if not _OTHER_CODES.search(low[max(0, match.start() - 14) : match.start()]):
            yield Span(*match.span(str(match.lastgroup)), "otp")


def _after(kind: str, label: re.Match[str], low: str, text: str) -> list[Span]:
    """What follows a label as its value."""
    link = _LINK.match(low, label.end())
    assert link is not None, "it may be empty"
    start, strong = link.end(), _STRONG.search(link[0]) is not None
    if kind in _DIGITS:
        match = _DIGITS[kind].match(low, start)
        if match and not _UNIT.match(low, match.end()):
            return [Span(*match.span("value"), kind)]
        if kind != "pin" or not re.search(r"\d", low[start : start + 20]):
            return []
    return list(_passwords(low, text, start, strong=strong))


def _passwords(low: str, text: str, start: int, *, strong: bool) -> Iterator[Span]:
    """A password and others that are named with it."""
    while (value := _password_at(low, text, start, strong=strong)) is not None:
        yield value
        more = _OR.match(low, value.end)
        if more is None:
            return
        start, strong = more.end(), False


def _password_at(low: str, text: str, start: int, *, strong: bool) -> Span | None:
    match = _VALUE.match(low, start)
    if match is None:
        return None
    value = _trimmed(match[0], low[match.end() : match.end() + 1])
    end = start + len(value)
    if len(value) < 4 or _URL.match(value) or _UNIT.match(low, end) or value.startswith("[removed"):
        return None
    return Span(start, end, "password") if _looks_like_password(text[start:end], low, end, strong=strong) else None


def _trimmed(value: str, follows: str) -> str:
    """A value without the marks of the sentence around it; a full stop before another mark is its own."""
    if value.endswith(".") and follows.strip() and not value.endswith(".."):
        return value
    return value.rstrip(_TAIL)


def _looks_like_password(value: str, low: str, end: int, *, strong: bool) -> bool:
    """Whether it is no word of the sentence: mixed, or said to be the password."""
    if value.isdigit():
        return len(value) >= 4 and (strong or len(value) >= 6)
    if any(map(str.isdigit, value)) and any(map(str.isalpha, value)):
        return len(value) >= 5 or strong
    plain = value.lower()
    if low.startswith('"', end) and strong and plain.isalnum() and plain not in _PROSE:
        return True  # in quotes
    if plain.isalpha():
        ends = (
            not low[end : end + 2].strip(" .!?,;，。！？；、\"'")[:1].isascii() or low[end : end + 2].strip(" ") == ""
        )
        mixed = not value.islower() and not value.istitle() and not value.isupper()
        return strong and plain not in _PROSE and len(plain) >= 4 and (ends or mixed or low[end : end + 1] in ".,!;")
    marks = sum(not one.isalnum() for one in value)
    return (strong and marks < len(value) and not re.fullmatch(r"[a-z]+(?:['\-/&.][a-z]+)*[!.,]*", plain)) or (
        marks > 0 and bool(re.search(r"[a-z0-9][!@#$%^&*_+=~][a-z0-9]", plain))
    )


def _before(kind: str, label: re.Match[str], low: str) -> list[Span]:
    """What stands before a label as its value: `338471 is the code`."""
    start = max(0, label.start() - 90)
    left = re.split(r"[。！？；\n]", low[start : label.start()])[-1]
    offset = label.start() - len(left)
    if kind == "otp":
        code = _CODE_BEFORE.search(left)
        return [Span(offset + code.start("value"), offset + code.end("value"), "otp")] if code else []
    match = _SAID_AFTER.search(left)
    if match is None or not _COPULA.search(match["link"]) or "not" in match["link"]:
        return []
    digits = {"cvv": r"\d{3,4}", "pin": r"\d{4,8}"}.get(kind)
    found = []
    for value in re.finditer(r"[!-~]+", match["values"]):
        word = value[0].strip(_OPENING + _TAIL)
        place = offset + match.start("values") + value.start() + value[0].find(word)
        fits = re.fullmatch(digits, word) if digits else _is_mixed(word)
        if fits and word:
            found.append(Span(place, place + len(word), kind))
    return found


def _is_mixed(word: str) -> bool:
    """Letters with digits or marks: nothing that stands in a sentence by chance."""
    return (
        len(word) >= 6
        and not _URL.match(word)
        and bool(re.search(r"[a-z]", word) and re.search(r"[0-9!@#$%^&*_]", word))
    )
