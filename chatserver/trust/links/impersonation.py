"""Texts in which somebody speaks as the company and leads people away: fake support accounts, made-up departments.

Who *reports* such a thing (`有人自称客服…`, `is this really you?`) is no impostor.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from msgspec import Struct

from chatserver.core.sieve import Sieve
from chatserver.trust.links.hosts import INVISIBLE
from chatserver.trust.links.official import Official

_STAFF_ZH: Final = (
    r"官方|客服|人工|风控|安全(?:部|中心|专员|团队|小组)|技术(?:部|支持|人员|员)|反诈|反洗钱|银监|公安|网警|平台"
    r"|财务|审核|工作人员|管理员|专员|售后"
    r"|理赔|合规|运营|经理|主管|群管|维权|法务|清退|回款|监管|银保监|人民银行|央行|网信办"
)
_STAFF_EN: Final = (
    r"official|support|customer (?:service|care|success)|security|risk|fraud|admin(?:istrator)?|compliance"
    r"|technical|tech|help ?desk|moderator"
    r"|staff|agent|representative|recovery|verification|kyc|wallet team|team|department|officer|specialist"
    r"|manager|service desk|operator|engineer"
)
_CLAIM: Final = re.compile(
    rf"(?:我们?是|我们?这边是|这里是|这边是|我是.{{0,4}}的|本人是?|我叫.{{0,6}}是|致电|代表|来自|我司|我方"
    rf"|本中心|本平台|本公司|【.{{0,8}}】|(?:官方|系统|紧急|平台|财务|风控|客服)+通知"
    rf"|尊敬的).{{0,16}}?(?:{_STAFF_ZH})"
    rf"|\b(?:official|security|system|urgent|important|final) (?:notice|notification|alert|warning)\b"
    rf"|\b(?:admin|support|team|agent) here\b|(?:\bi'?m\b"
    rf"|\bi am\b|\bthis is\b|\bwe are\b|\bwe're\b|\bhere is\b|\bhere\b.{{0,3}}\bfrom\b|(?:calling"
    rf"|writing|speaking|messaging|contacting you) (?:from|for|on behalf)"
    rf"|on behalf of|you'?ve reached|\bit'?s\b|greetings from|\bfrom the\b|dear (?:user|customer|client|member)"
    rf"|\bmy name is\b|\bi work (?:in|for|at|with)\b).{{0,40}}?\b(?:{_STAFF_EN})\b"
)
_ASKS: Final = re.compile(
    r"加(?:一?下|我|微|v|qq|客服|群|好友|飞机|电报|tg|纸飞机|whats|line|官方|专员|这个)|(?:联系|添加|私聊|咨询"
    r"|找).{0,12}(?:微信|qq|telegram|电报|飞机|tg|whatsapp|line|飞书|钉钉|skype)"
    r"|扫(?:码|描|一?下)|下载|安装|共享屏幕|屏幕共享|远程|(?:提供|发(?:给|送|我|来|一?下)|告诉|报(?:给|一?下)"
    r"|念(?:给|一?下)|说(?:给|一?下)|回复|填写|输入|配合|交出|出示).{0,14}(?:码|词|私钥|密码|身份证|卡号|截图"
    r"|余额|资料|助记|口令|地址|pin)"
    r"|(?:转|汇|充|存|打)(?:账|款|入|到|进|至|给).{0,14}(?:账户|账号|地址|钱包|卡)|把.{0,12}(?:码|词|私钥|密码"
    r"|截图|资料).{0,6}(?:发|给|告诉|报|念|填)|安全账户|指定(?:账户|地址|钱包)|保证金|解冻费|手续费.{0,6}(?:先"
    r"|缴|交)|认证金|个人所得税|点(?:击|开|这|下).{0,10}(?:链接|网址|领|这里)?"
    r"|\b(?:add|contact|message|text|whatsapp|telegram|dm|reach|write to|chat with|call|ping) (?:me|us|our|him"
    r"|her|the|on|at|via|this|official|\+|@)"
    r"|\b(?:install|download|anydesk|teamviewer|rustdesk|quicksupport|screen ?shar|share (?:your|the|me)"
    r"|send (?:me|us|your|the|over|it|\d)|provide|give (?:me|us|your)"
    r"|tell (?:me|us)|transfer|deposit|click|scan|connect your|verify your|validate your"
    r"|sync(?:hroni[sz]e)? your|unlock fee|pay (?:a|the)|import your|enter your|confirm your|read (?:me|out)"
    r"|move your|reply with|submit)\b"
)
_CHANNEL: Final = re.compile(
    r"(?:官方|客服|人工|专属|在线|服务|售后|投诉|support|official|help ?desk|customer|service|agent|admin|care"
    r"|recovery|{names}).{{0,14}}"
    r"(?:微信号?|wechat|weixin|v信|薇信|威信|qq群?|扣扣|企鹅|telegram|电报|飞机|纸飞机|\btg\b|whats ?app"
    r"|\bline\b|skype|discord|signal|飞书|钉钉|\bdm\b|\binsta(?:gram)?\b|\bkik\b)"
    r".{{0,12}}?(?:[:：是为]|号|群|\s|@|\+)*\s*(?:@?[a-z][a-z0-9_\-]{{4,}}|@\w{{3,}}|\+?\d[\d\s\-]{{4,}})"
)
_CHANNEL_FIRST: Final = re.compile(
    r"(?:加|联系|添加|私聊|找|contact|add|message|text|dm|reach|write|chat|talk)(?![a-z]).{0,18}?(?:微信|wechat"
    r"|v信|薇信|威信|qq|扣扣|企鹅|telegram|电报|飞机|纸飞机|\btg\b|whats ?app|\bline\b|skype|discord|signal)"
    r".{0,24}?(?:@?[a-z][a-z0-9_\-]{4,}|@\w{3,}|\+?\d[\d\s\-]{4,})"
)
_REPORTED: Final = re.compile(
    r"有人|有个|骗子|自称|冒充|假冒|假的|对方|他们?说|她说|群主|群里|那个?(?:人|电话|短信)|这个?(?:人|电话|短信"
    r"|号)|说是|说自己|真的|真假|是不是|靠谱|可信|举报|被骗|上当|能信|怎么办|你们的?人|昨天|刚才|刚刚"
    r"|陌生人|收到|打来|打给我|加了我|让我|叫我|要我|问我|找我|给我(?:发|打)|[吗嘛么呢？?]\s*[。!！]?\s*\Z|请问"
    r"|想问|咨询一下|同事|点赞|感谢|谢谢"
    r"|\bsome(?:one|body)\b|\bsome (?:guy|man|woman|person|account)|\bclaim|\bsays? (?:he|she|they|it)|\b(?:he"
    r"|she|they|it|caller|man|guy|person|woman|bot|account|message|sms|email|mail|text) (?:said|says|told|asked"
    r"|asks|claimed|wants?|wanted|keeps?|called|is asking)"
    r"|\bscam|\bis (?:this|it|that|he|she) (?:real|legit|you|true|official|really|your|a|the|safe|from)"
    r"|\bpretend|\breport(?:ing)?\b|\bfake|\bimpersonat|\b(?:told|asked|called|messaged|texted|emailed|contacted"
    r"|wants?|asking|wrote|dmed|added) me|\bgot a\b|\bi(?:\'ve)?(?: just| have)? received\b|\bdo you\b|\bdoes\b"
    r"|\bis your\b|\bare you\b|\bcan (?:i|you)\b|\bhow (?:do|can)\b|\bwhat(?:'s| is) your\b|\bthanks?\b|\?\s*\Z"
    r"|\byesterday\b|\bphish"
)


class _Spoken(Struct, frozen=True):
    """What depends on how the company is called: a channel that is named, somebody who says so, and the sieve."""

    channel: re.Pattern[str]
    helper: re.Pattern[str]
    claim: re.Pattern[str]
    sieve: Sieve


@lru_cache(maxsize=8)
def _spoken(names: tuple[str, ...]) -> _Spoken:
    either = "|".join(map(re.escape, names)) or r"\Z\A"
    channel = re.compile(_CHANNEL.pattern.replace("{names}", either).replace("{{", "{").replace("}}", "}"))
    claim = re.compile(rf"(?:我们?是|这里是|this is|i'?m|i am|we are|from|来自).{{0,12}}(?:{either})")
    sieve = Sieve({"channel": channel, "first": _CHANNEL_FIRST, "claim": _CLAIM, "named": claim, "asks": _ASKS})
    return _Spoken(channel, re.compile(rf"官方|客服|support|official|service|agent|admin|{either}"), claim, sieve)


def impersonates(text: str, official: Official) -> bool:
    """Whether a text speaks as the company and leads people off, away from this chat."""
    low = _plain(text)
    said = _spoken(official.spoken)
    may = said.sieve.may(low)
    if may.isdisjoint({"channel", "first"}) and not ("asks" in may and ("claim" in may or "named" in may)):
        return False
    if _REPORTED.search(low):
        return False
    if any(email in low for email in official.emails) and not _ASKS.search(low):
        return False
    if said.channel.search(low) or (_CHANNEL_FIRST.search(low) and said.helper.search(low)):
        return True
    claims = _CLAIM.search(low) is not None or said.claim.search(low) is not None
    return claims and _ASKS.search(low) is not None


def _plain(text: str) -> str:
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", INVISIBLE.sub("", text)).lower()
