"""Codes of six digits that no noun names: what they came in, or who asked for them, gives them away."""

import re
from bisect import bisect_left
from typing import Final

from chatserver.trust.shield.nouns import OTHER, WEAK, Noun, named_nearby
from chatserver.trust.shield.spans import Span
from chatserver.trust.shield.values import UNIT, Value

AROUND: Final = 32
"""Characters between six digits and the words that tell what they are."""

NEAR: Final = 10
"""Characters between the noun of something else and the digits that it takes."""

_CONTEXT: Final = re.compile(
    r"短[信讯]|简讯|语音|信息(?:里|上|中|内容)|(?:邮件|邮箱|手机)(?:里|上|中|发|收)|手机(?:刚|突然)?(?:弹|跳)|】(?=[0-9])"
    r"|[收接]到的?(?:一?[串条组]|几个|[六6]位)|(?:[六6几]个|一?[串组]|收到的|[报念]|位|的)数字(?!货币|人民币|藏品|资产)|[报念]数字"
    r"|弹出|验证(?!节点|人|者)|动态[码口密]|令牌|[六6]位|念给|[那这个把报发]码|是我刚*收到的|发(?:过?来|的|给我)[的了]?(?=\s?[0-9])"
    r"|请?[切请]?勿(?:转发|泄露|告[诉知]|向任何)|告诉(?:别|他|任何)人|分钟内?有效"
    r"|(?<![a-z])(?:sms|text(?:s|ed)?|(?:the|an?) message|auth(?:enticator| app)?|authy|2fa"
    r"|(?:2|two)[ -]?(?:steps?|factor)"
    r"|(?:6|six)[ -]?digits?|(?:off|from) (?:my|his|her|the) (?:phone|mobile|screen)|(?:what|which) (?:numbers?|digits)"
    r"|the (?:numbers|digits) (?:off|from|on my|i|he|she|they|you)"
    r"|numbers? (?:that )?(?:i|you|they|we|it) (?:got|get|received|sent|gave|texted)"
    r"|read (?:it|them|this) back|verif[a-z]*|codes?|(?:never|don'?t|do not) share)(?![a-z])"
)
"""What people say where such digits come from."""

_G_CODE: Final = re.compile(r"\bg[-–]\d{6}(?!\d)")
"""Codes of one large company have a shape of their own."""

_SIX: Final = re.compile(r"\d{6}|\d{3}[ -]\d{3}|\d(?: \d){5}")
_ROUND: Final = re.compile(r"\d+000\Z")
_MONTH: Final = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])\Z")
_OTHERWISE: Final = re.compile(
    r"\s?(?:号?订单|工单|区块|确认|聪|股|笔|盾|韩元|日元|台币|卢布|字节"
    r"|is (?:the|my|an?) (?:order|ticket|case|ref|block|user|uid|invite)"
    r"|(?:satoshis?|shib|pepe|ton|ada|xlm|krw|jpy|twd|vnd|idr|rub|inr|won|yen|units?|shares?|blocks?|confirmations?"
    r"|ahead|in front)\b)"
)
_HANDED_ON: Final = re.compile(r"(?:sent|got|gave|about|in|by|on)\W{0,2}\Z")
"""What is said of amounts, but of codes too, where the talk is of one."""

_OF_A_CODE: Final = re.compile(
    r"(?:6|six)[ -]?digits?|[六6]位|codes?(?![a-z])|authenticator|(?<![a-z])(?:auth|2fa)(?![a-z])"
)
_CALLED: Final = re.compile(
    r"(?:(?<![a-z])(?:from|number|no\.?|line|row|column|parcel|package|rank|withdrawal of)"
    r"|来自|发件人|号码|包裹|(?:[涨跌]|应|实|达)到|\bvs)\W{0,2}\Z"
)
"""What stands right before digits that are called something else."""
SIGNS: Final = {
    "six digits": re.compile(r"[0-9]{3}[ -]?[0-9]{3}|[0-9] [0-9] [0-9] [0-9]"),
    "context": _CONTEXT,
    "g code": _G_CODE,
}


def may_be_loose(may: frozenset[str]) -> bool:
    """Whether a text with these signs may hold such a code."""
    return "g code" in may or ("six digits" in may and "context" in may)


def find_loose(plain: str, nouns: list[Noun], values: list[Value], found: list[Span]) -> list[Span]:
    """Codes that nothing names, among what nothing has taken; where one code was found, six digits are another."""
    codes = [Span(*match.span(), "otp") for match in _G_CODE.finditer(plain)]
    taken = sorted([*found, *codes])
    left = [
        value
        for value in values
        if not value.mixed and _SIX.fullmatch(plain, value.start, value.end) and not _touches(taken, value)
    ]
    if not left:
        return codes
    context = [match.span() for match in _CONTEXT.finditer(plain)]
    told = any(one.type == "otp" for one in found)
    if not context and not told:
        return codes
    sure = told or _OF_A_CODE.search(plain) is not None
    starts = [noun.start for noun in nouns]
    return codes + [
        Span(value.start, value.end, "otp")
        for value in left
        if (told or _is_near(context, value)) and not _is_otherwise(plain, nouns, starts, value, told=sure)
    ]


def _touches(taken: list[Span], value: Value) -> bool:
    at = bisect_left(taken, (value.start, value.start, ""))
    return (at < len(taken) and taken[at].start < value.end) or (at > 0 and taken[at - 1].end > value.start)


def _is_near(context: list[tuple[int, int]], value: Value) -> bool:
    at = bisect_left(context, (value.start, value.start))
    before = at > 0 and value.start - context[at - 1][1] <= AROUND
    return before or (at < len(context) and context[at][0] - value.end <= AROUND)


def _is_otherwise(plain: str, nouns: list[Noun], starts: list[int], value: Value, *, told: bool) -> bool:
    """Whether digits are called something else: a noun beside them, an amount, a month, a unit.

    `told` says that the talk is of codes.
    """
    digits = plain[value.start : value.end]
    start, before = value.start, max(0, value.start - 18)
    if (
        _ROUND.match(digits)
        or _MONTH.match(digits)
        or UNIT.match(plain, value.end)
        or _CALLED.search(plain, before, start)
    ):
        return True
    if _OTHERWISE.match(plain, value.end):
        return True
    if named_nearby(plain, start) and not (told and _HANDED_ON.search(plain, before, start)):
        return True
    at = bisect_left(starts, start)
    if at > 0 and nouns[at - 1].kind not in {"otp", WEAK} and start - nouns[at - 1].end <= NEAR:
        return _CONTEXT.search(plain, nouns[at - 1].end, start) is None
    return at < len(nouns) and nouns[at].kind == OTHER and 0 <= nouns[at].start - value.end <= 2
