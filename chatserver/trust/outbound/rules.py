"""Whether a text asks a user for what support never asks for. Pure.

A clause is stopped when it asks (`send me`, `是多少`) for a secret, or leads the user to remote control, a payment or
a foreign address. A clause that forbids, warns, or asks whether *somebody else* got the secret, passes.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, Literal

from chatserver.core.sieve import Sieve
from chatserver.trust.links import Official, judge
from chatserver.trust.outbound.spelling import plainly

Kind = Literal["secret", "remote_control", "payment", "link", "contact"]

_CLAUSE: Final = re.compile(r"[，,。！？!?；;\n：:]+|\.\s|\.\Z|—+| - |\band then\b|\bbut\b|但是?|然后|就行")
_QUOTE: Final = re.compile(r"“[^”]{0,60}”|\"[^\"]{0,60}\"|「[^」]{0,60}」|‘[^’]{0,60}’")
_SECRET: Final = re.compile(
    r"助记词|助记|恢复短语|恢复词|种子(?:词|短语)|私钥|密钥|秘钥|(?<!忘记)密码|口令|验证码|动态码|校验码|随机码"
    r"|短信码|安全码|pin码?|cvv|cvc|keystore"
    r"|(?:12|24|十二|二十四|15|18)\s?个?(?:英文)?(?:单?词|单字|字|英文)|前?[0-9一二三四五六几]+个(?:单词|词)"
    r"|(?:短信|银行|手机|收到|验证器).{0,8}(?:数字|码)(?!量)|[六四6468]位(?:数字|数|码)"
    r"|银行卡.{0,3}(?:正反面|正面|背面|两面)|短信截图|(?:[那这]?一?串|[那这]些|[那这]几个)(?:英文)?(?:单词|字母)"
    r"|(?:卡|背面).{0,6}(?:三位|3位|后三)|(?:完整|全部|整个).{0,6}卡号|卡号.{0,8}(?:有效期|cvv|安全码)"
    r"|(?<!的)识别码|设备代码"
    r"|\bseed\b|\bmnemonic|\b(?:recovery|secret|backup|wallet|seed) (?:phrase|words?|key)|\bphrase\b|\b(?:12|24"
    r"|twelve|twenty[- ]?four|15|18) (?:secret |recovery |seed )?words\b"
    r"|\bprivate keys?\b|\bpasswords?\b|\bpasscodes?\b|\bpass ?phrase|\botps?\b|\bpin\b|\bcvv2?\b|\bcvc2?\b"
    r"|\bsecurity code|\bkeystore"
    r"|\b(?:verification|confirmation|sms|text|login|auth\w*|one[- ]time|2fa|security|access"
    r"|[468][- ]digit) (?:code|number|password|pin)s?\b"
    r"|(?<!error )(?<!order )(?<!promo )(?<!zip )(?<!coupon )(?<!invite )(?<!referral )(?<!country )(?<!postal )"
    r"(?<!status )(?<!qr )(?<!discount )(?<!swift )(?<!bank )(?<!gift )(?<!area )(?<!response )(?<!voucher )"
    r"(?<!source )"
    r"\bcodes?\b"
    r"|\b(?:numbers?|digits) (?:that |which )?(?:the bank|your bank|they|we|it|was|were|you (?:got"
    r"|received)).{0,14}(?:texted|sent|sms|got|received|phone)"
    r"|\b(?:numbers?|digits) (?:the bank|they|we|your bank) (?:texted|sent)|\b(?:numbers?|digits) (?:in|from"
    r"|of) (?:the|your) (?:sms|text)"
    r"|\b(?:full|whole|complete|entire) card (?:number|details)|\b(?:three|3|four|4) digits (?:on|at) the back"
    r"|\b(?:numbers?|digits) on the back|(?:收到的?|[那这]条).{0,6}短信(?!通知)(?!内容)"
    r"|\bbackup (?:sheet|paper|card|note)\b|\bboth sides of (?:the|your) card\b"
    r"|\bwords (?:did |that |which )?you (?:wrote|write|noted|saved|backed)"
)
_NO_SECRET: Final = re.compile(
    r"(?:错误|优惠|邀请|兑换|推荐|报错|二维|取件|提货|条|状态|区|邮政|活动|核销)码|错误代码|重置密码|找回密码"
    r"|修改密码|忘记密码|改密码|新密码|password reset|reset your password|forgot(?:ten)? password|new password"
    r"|change your password"
)
_ASK: Final = re.compile(
    r"发(?:给|来|过来|送(?!的|了|失败|到)|一?下|我|到|在|出)|传(?:给|来|一?下|过来|我)|(?:告诉|告知|跟|和"
    r"|对)(?:我|我们|客服|一?下|咱)|提供|报(?:给|一?下|来)|念(?:给|一?下|出)|说(?:给|一?下|出)|给(?:我|到我|客服)"
    r"|回复|(?:打|敲|列)出来|默写|复述|复制(?:到|给)|写给|(?:看|瞧)(?:一眼|一?下|看)|拍(?:照|给|一?下)|截图|(?:输入?|填|写)(?:到|在"
    r"|进)?(?:这|下面|聊天|对话)|出示|需.{0,10}[您你]的|要[您你]的|转发|请将.{1,14}[给来出]|把.{1,14}(?:给|发|报"
    r"|念|说|填)"
    r"|(?:是|为)(?:多少|什么|啥|几|哪[些几]|\Z)|(?:输入?|填|写).{0,12}(?:到|在|进)(?:这|下面|聊天|对话|窗口)"
    r"|多少[呢啊呀？?]?\Z|核对一?下|交给|麻烦.{0,4}\Z"
    r"|\b(?:send|give|tell|share|provide|forward|paste|read|state|spell|recite|dictate|text me|email me"
    r"|message me|dm|drop|show|write|type|submit|supply|disclose|reveal|copy|hand over|whisper|post|attach"
    r"|upload|read out)\b"
    r"|\b(?:enter|put|input|fill in)\b.{0,40}\b(?:here|below|chat|reply|message)\b|\breply(?:ing)? with"
    r"|\brepl(?:y|ying) here|\bby replying|\bi(?:'ll| will)? (?:need|require)|\bwe (?:need|require)|\bwe(?:'ll"
    r"| will) need"
    r"|\bwhat(?:'s| is| are| was|s)\b|\bwhich (?:words|code)|\b(?:can|could|may|might) (?:i|we) (?:have|get|see"
    r"|know)|\blet me (?:have|see|know)|\bplease\Z|\bneed (?:your|the|ur)\b|\bmind (?:sending|sharing|giving"
    r"|telling|reading|providing)\b|\brequire (?:your|the)\b|\blist them\b|\bby (?:typing|entering|sending"
    r"|pasting|giving|telling|reading)\b|\bphoto of|\bpicture of|\bscreenshot of|\bsay your"
)
# Politeness that comes before a wish, and what one may be asked to do with a secret of one's own.
_POLITE: Final = re.compile(
    r"请(?!问)|麻烦|烦请|劳驾|劳烦|方便|能否|可否|可以.{0,12}吗|能.{0,10}吗|让我|我要|我们?需|我想|得有您"
    r"|确认一?下.{0,10}是不是\s?[0-9a-z]"
    r"|\b(?:please|kindly|pls|plz|need(?:ed|s)?|require[ds]?|must have|want|would like|allow me|would you"
    r"|could you|can you|mind)\b.{0,40}\b(?:your|ur)\b|\b(?:your|ur)\b.{0,40}\b(?:please|needed|required|pls)\b"
)
_SAFE: Final = re.compile(
    r"修改|更改|重置|重设|设置|设定|检查|保管|保存|备份|记住|记好|抄|更换|换|使用|注意|确保|妥善|改|找回|打开"
    r"|开启|完成|查收|留意|再?试|绑定|升级|关闭|收起|遮|挡|销毁|作废|确认.{0,6}正确|尽快|等|重新发|获取|接收"
    r"|收到|看到|了解|知悉|问题|错误|格式|规则|提示|过期|可用|能用|用的|包含|有效|为空|大小写|长度|几位"
    r"|\b(?:check|change|reset|keep|kept|writ(?:e|ten) down|store|save|update|try|sure|note|use|using|set|choose"
    r"|create|protect|guard|remember|back up|hide|cover|wait|expire|request|resend|receive|arrive|printed|wrong"
    r"|correct|issue|problem|error|attempt|device|unlock(?:ed)?|locked|see|find)\b"
)
_TO_US_ONLY: Final = re.compile(r"\b(?:enter|type|put|input)\b|输入|填写")
_IN_THE_APP: Final = re.compile(
    r"app|页面|屏幕|提示|框里|官网|登录页|设置|系统(?:里|中)|弹窗|入口|in the (?:app|wallet|prompt)"
    r"|on the (?:page|screen)|when prompted|prompt|in settings|yourself|自己"
)
_HERE: Final = re.compile(r"(?:给|告诉)我|我(?:来|帮|看)|这里|聊天|对话|here|chat|\bme\b|\bus\b|below|reply|回复")
_FORBIDS: Final = re.compile(
    r"不要|(?<![识区特分性类级])别(?!担心|着急|怕|急|紧张|客气|人)|请?勿|不会|绝不|从不|不用|无需|不必|不能|不得|不可|没必要|不需要|禁止"
    r"|拒绝|不向|不应|没(?:有)?(?:让|要|叫)|不该|无法|不能|都是骗|是骗|骗子|诈骗|冒充|泄露|忘记|忘了|保管|离线"
    r"|抄在|不建议"
    r"|\bnever\b|\bdo(?:es)? not\b|\bdon'?t\b|\bdoesn'?t\b|\bwon'?t\b|\bwill not\b|\bnot (?:ask|need|share|even"
    r"|have to)|\bno need|\bnobody\b|\bno one\b|\bwithout\b|\bcannot\b|\bcan'?t\b|\bshould(?:n'?t| not)\b"
    r"|\bmust not\b|\bmustn'?t|\bscam|\bfraud|\brefuse|\bforgot|\boffline\b|\bavoid\b"
)
_HARMLESS_FORBID: Final = re.compile(
    r"(?:别|不要|勿|不用)(?:遮|挡|打码|隐藏)|"
    r"don'?t worry|do not worry|never mind|别担心|不用担心|不用怕|不会告诉|不会泄露|won'?t tell|will not (?:tell"
    r"|share)|不会外传|don'?t hesitate|can'?t (?:continue|proceed|unlock|help)|cannot (?:continue|proceed|unlock"
    r"|help|restore)|无法(?:继续|处理|解冻|办理|核实)|不能(?:继续|处理|解冻|办理)"
)
_OTHERS: Final = re.compile(
    r"别人|他人|任何人|某人|谁|对方|陌生|那个(?:网站|页面|人|链接)|骗子|过(?:吗|没|别人|任何|他|她)|过.{0,12}吗"
    r"|有没有|是否|曾|anyone|anybody|someone|somebody|others|that (?:site|page|website|person|link|caller)"
    r"|stranger|\bto (?:him|her|them)\b|\bwrite (?:it|them) (?:down|on)"
    r"|\bdid (?:you|they|he|she|it)\b|\bhave you\b|\bhas (?:any|some)|\bif you (?:gave|told|sent|shared|entered)"
    r"|\bwhen (?:you|did)|\bwas (?:re)?sent\b|\bhas been (?:re)?sent|已(?:重新|经)?(?:发送|发到)|已.{0,4}发"
    r"|会发(?:到|送)|是不是|吗\Z|\b(?:we|bank|system|it|they|i|app)(?:\'ll| will| have|\'ve)? (?:also )?(?:send"
    r"|sent|text|texted|give|share|show|email) you\b|\bsend you\b|将会?(?:给|向)您|会给您"
)
_THIRD: Final = re.compile(
    r"别人|他人|任何人|谁|对方|过(?:吗|没)|是不是(?!\s?[0-9a-z])|陌生|骗子|那个(?:网站|页面|人|链接)|输入后"
    r"|告诉过|给过|anyone|anybody|someone|somebody|others|stranger|gave|told|shared|\bdid you\b|\bhave you\b"
)
_REMOTE: Final = re.compile(
    r"any\s?desk|team\s?viewer|to\s?desk|向日葵|sun\s?login|rust\s?desk|quick\s?support|ultra\s?viewer"
    r"|quick\s?assist|splashtop|log\s?me\s?in|air\s?droid|air\s?mirror|chrome remote|parsec|dwservice|supremo"
    r"|hoptodesk|gotoassist|zoho assist"
    r"|远程(?:控制|协助|操作|桌面|帮|连接|处理|指导|登录|看)|(?:屏幕共享|共享屏幕|分享屏幕|投屏)|腾讯会议"
    r"|remote (?:access|control|desktop|session|support|assist|connection|help)|screen[- ]?shar|shar(?:e"
    r"|ing) (?:your |the )?screen"
)
_NOT_REMOTE: Final = re.compile(
    r"卸载|删除|断开|关闭|退出|uninstall|remove|delete|disconnect|close|turn off|revoke|有人|有没有|对方|骗"
    r"|anyone|anybody|somebody|someone|did (?:you|they|he)|have you|asked you|让您(?:装|安装|下载|共享)的"
)
_ADDRESS: Final = re.compile(
    r"(?<![0-9a-zA-Z])(?:0x[0-9a-fA-F]{40}|T[1-9A-HJ-NP-Za-km-z]{33}|[13][1-9A-HJ-NP-Za-km-z]{25,34}|(?:bc1|tb1"
    r"|ltc1)[0-9a-z]{25,62}|[1-9A-HJ-NP-Za-km-z]{43,44}|[LMDA][1-9A-HJ-NP-Za-km-z]{33}"
    r"|r[1-9A-HJ-NP-Za-km-z]{24,34}|(?:EQ|UQ)[0-9A-Za-z_\-]{46})(?![0-9a-zA-Z])"
)
_ACCOUNT: Final = re.compile(r"(?<![\d.])\d(?:[ -]?\d){11,18}(?![\d.])|\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}\b")
_PAY: Final = re.compile(
    r"(?:转|打|汇|付|充|存|缴|交)(?:账|款|钱|入|到|进|至|给|币|值)?|缴纳|\b(?:send|transfer|deposit|pay|wire"
    r"|move|remit|top up|return)\b"
)
_THEIRS: Final = re.compile(
    r"您的|你的|您(?:绑定|提交|填写|提供|提现|充值)的?|合约|哈希|交易|\byour\b|contract|\btx\b|transaction"
    r"|whitelist|您(?:转|打|充|提|付).{0,3}的|白名单|原路|收款卡|已(?:到账|确认|发出)"
)
_PAID: Final = re.compile(
    r"[您你]?(?:已|刚)?(?:转|打|汇|充|提|付)(?:账|款|币|值)?(?:到|入|进|给)?的|已(?:转|打|汇|充)\S{0,4}"
    r"|you (?:sent|paid|transferred|deposited)\b"
)
_SAFE_ACCOUNT: Final = re.compile(
    r"(?:转|汇|存|打)(?:账|款|移|入|到|进|至)?.{0,10}(?:安全账户|安全钱包|监管账户|指定账户|指定地址|我们(?:的"
    r"|提供)?.{0,4}(?:账户|钱包|地址))|(?:缴|交|付|支付|充值?)(?:纳|存)?.{0,10}(?:保证金|解冻费|解冻金|激活金|滞纳金|认证金|押金"
    r"|激活费|手续费.{0,4}先|税费|保险金|验证金)"
    r"|\b(?:safe|secure|escrow|holding) (?:account|wallet|address)\b|\b(?:unlock(?:ing)?|unfreez\w+|release"
    r"|activation|verification|processing|clearance|insurance) (?:fee|deposit)\b|\b(?:wallet|account"
    r"|address) (?:that )?we (?:prepared|give|provide|set up|sent)"
)
_SAID_BY_OTHERS: Final = re.compile(r"有人|对方|骗子|\b(?:anyone|someone|somebody|anybody|scammers?)\b")
_CONTACT: Final = re.compile(
    r"(?:加|添加)(?:一?下)?(?:我的?)?(?:微信|qq|电报|telegram|tg|whatsapp|v信|wechat)号?[\s:：是为]*[a-z0-9@_+\-]{4,}"
    r"|\b(?:whatsapp|telegram|wechat|signal|skype) me\b|"
    r"(?:加|添加|联系|私聊|找)(?:一?下)?(?:我|我的|本人).{0,6}(?:微信|qq|电报|飞机|telegram|tg|whatsapp|line"
    r"|抖音|v信|wechat)|(?:我的|本人)(?:微信|qq|电报|tg|telegram|whatsapp|wechat)号?(?:是|[:：]|\s)"
    r"|\b(?:add|message|text|dm|contact|reach|write(?: to)?|ping|find|call) me (?:on|at|via|in|through"
    r"|by) (?:my )?(?:telegram|whatsapp|wechat|line|signal|discord|instagram|skype|qq|kik|personal)"
    r"|\bmy (?:personal )?(?:telegram|whatsapp|wechat|line|signal|discord|skype)(?: id| number)? is"
    r"|\bmy personal (?:e-?mail|phone|number)"
)


# What has to stand in a text, spelt plainly, for any of its clauses to be stopped.
_SIEVE: Final = Sieve(
    {
        "secret": _SECRET,
        "taken out": _NO_SECRET,  # what is left around it may name a secret
        "remote_control": _REMOTE,
        "safe account": _SAFE_ACCOUNT,
        "contact": _CONTACT,
    }
)
# Of an address only its length: where each of its forms may begin would be a state of its own at every letter.
_NUMBERS: Final = Sieve({"address": re.compile(r"[0-9A-Za-z_\-]{24}"), "account": _ACCOUNT})


def stopped(text: str, official: Official) -> list[Kind]:
    """What a text of an agent or bot asks for that support never asks for; empty when it may go."""
    plain = plainly(_QUOTE.sub("…", text))
    may, numbers = _SIEVE.may(plain), _NUMBERS.may(text)
    clauses = list(_clauses(plain)) if may or numbers else []
    kinds: list[Kind] = []
    if not may.isdisjoint({"secret", "taken out"}) and (any(map(_asks_for_a_secret, clauses)) or _asks_across(clauses)):
        kinds.append("secret")
    if "remote_control" in may and any(
        _REMOTE.search(one) and not _NOT_REMOTE.search(one) and not _forbids(one) for one in clauses
    ):
        kinds.append("remote_control")
    if ("safe account" in may or numbers) and _asks_to_pay(text, plain, clauses):
        kinds.append("payment")
    if any(_is_foreign(link.url, link.verdict) for link in judge(text, official)):
        kinds.append("link")
    if "contact" in may and any(_CONTACT.search(one) and not _forbids(one) for one in clauses):
        kinds.append("contact")
    return kinds


def _clauses(plain: str) -> Iterator[str]:
    yield from (clause.strip() for clause in _CLAUSE.split(plain) if clause.strip())


def _forbids(clause: str) -> bool:
    return _FORBIDS.search(_HARMLESS_FORBID.sub("", clause)) is not None


def _asks_for_a_secret(clause: str) -> bool:
    return (_names_secret(clause) and _asks(clause)) or _wants(clause)


def _wants(clause: str) -> bool:
    """Whether a clause wants a secret in words of politeness, and is not about doing something with it."""
    polite = _POLITE.search(clause)
    if polite is None or _SAFE.search(clause) or _forbids(clause) or _THIRD.search(clause):
        return False
    return _names_secret(clause) and not (_IN_THE_APP.search(clause) and not _HERE.search(clause))


def _names_secret(clause: str) -> bool:
    return _SECRET.search(_NO_SECRET.sub("", clause)) is not None


def _asks(clause: str) -> bool:
    """Whether a clause asks to be given something, by the one who says it."""
    if _forbids(clause) or not _ASK.search(clause):
        return False
    if _OTHERS.search(clause) and not re.search(
        r"给我|告诉我(?!.{0,4}(?:谁|何时|什么时候))|发我|by replying|\bhere\b|\bwhat (?:words|digits"
        r"|numbers) did\b|\bme\b(?! when| who| if)",
        clause,
    ):
        return False
    return not (_IN_THE_APP.search(clause) and not _HERE.search(clause))


def _asks_across(clauses: list[str]) -> bool:
    """Whether a secret is named in one clause and asked for in the next: `刚才那串数字，念给我听`."""
    for one, other in pairwise(clauses):
        near = len(one) + len(other) <= 80
        if near and _names_secret(one) and not _forbids(one) and not _THIRD.search(one) and _asks_shortly(other):
            return True
    return False


def _asks_shortly(clause: str) -> bool:
    asks = re.search(
        r"(?:念|报|发|告诉|给|说|传)(?:给|来|一?下)?(?:我|客服)|发(?:来|过来)|\b(?:send|give|tell|read|share"
        r"|forward|paste|type|write|drop|put)\b.{0,10}\b(?:me|us|it|them|here|over)\b|复制到|贴到|发图|\bplease\Z",
        clause,
    )
    return asks is not None and len(clause) <= 24 and not _forbids(clause) and not _OTHERS.search(clause)


def _asks_to_pay(text: str, plain: str, clauses: list[str]) -> bool:
    if any(_SAFE_ACCOUNT.search(one) and not (_forbids(one) or _SAID_BY_OTHERS.search(one)) for one in clauses):
        return True
    theirs = _THEIRS.search(plain) is not None
    plain = _PAID.sub("", plain)
    if _ADDRESS.search(text):
        pays = any(_PAY.search(one) and not _forbids(one) for one in clauses)
        return not theirs or (
            pays
            and re.search(
                r"(?:转|打|汇|付|充|存)(?:账|款|币|钱)?(?:入|到|进|至|给)|\b(?:send|transfer|deposit|pay|wire"
                r"|move)\b.{0,40}\bto\b",
                plain,
            )
            is not None
        )
    if _ACCOUNT.search(text):
        to = re.search(
            r"(?:转|打|汇|付|存)(?:账|款|钱)?(?:入|到|进|至|给)|往.{0,8}(?:账户|账号|卡).{0,4}(?:转|打|汇|存)"
            r"|\b(?:transfer|deposit|pay|wire|send)\b.{0,40}\bto\b",
            plain,
        )
        return to is not None and not theirs and not any(map(_forbids, clauses))
    return False


def _is_foreign(url: str, verdict: str) -> bool:
    """Whether a link leads outside the official domains; addresses for mail may be the user's own."""
    if "@" in url and "/" not in url:
        return verdict in {"suspicious", "phishing"}
    return verdict != "official"
