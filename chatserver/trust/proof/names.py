"""Names that only staff may have: whoever else comes with one is shown under a neutral name. Pure.

A refused name would lock somebody in trouble out of help, and the name of a token is the host app's affair; so it is
replaced, and the log is told.
"""

import re
import unicodedata
from typing import Final

from chatserver.trust.links.hosts import INVISIBLE
from chatserver.trust.links.lookalike import skeleton
from chatserver.trust.links.official import Official
from chatserver.trust.shield.nouns import simpler

NEUTRAL: Final = {"zh": "用户", "en": "User"}

_CHINESE: Final = re.compile(
    r"客服|官方|人工(?:服务|坐席)|管理员|工作人员|系统(?:通知|消息|管理|提醒)|安全(?:中心|提醒|专员)|风控"
    r"|技术支持|平台(?:客服|方|通知)|审核(?:员|专员|部)|小助手|机器人|认证"
)
_RESERVED: Final = frozenset(
    re.findall(
        r"\w+",
        "support admin administrator official moderator staff helpdesk "
        "customerservice customersupport customercare securityteam system root operator "
        "supervisor agent bot warden safetynotice sysadmin ",
    )
)
_WORDS: Final = re.compile(
    r"(?:^|[^a-z])(?:support|admin(?:istrator)?|official|moderator|help ?desk|customer (?:service|support|care)"
    r"|staff|security team"
    r"|verified agent)(?:$|[^a-z])"
)
_MARKS: Final = re.compile("[✓✔☑✅🛡🔒🎧⭐★]")


def is_reserved(name: str, official: Official) -> bool:
    """Whether a name claims to be the company's: also in look-alike letters, with spaces, marks and invisible ones."""
    seen = unicodedata.normalize("NFKC", INVISIBLE.sub("", name)).lower()
    flat = simpler(re.sub(r"[\s._\-·•*|/\\()\[\]【】（）]+", "", seen))
    bare = skeleton(re.sub(r"[^\w]", "", seen))
    if _MARKS.search(name) or _CHINESE.search(flat) or flat in _RESERVED or bare in _SKELETONS:
        return True
    if _WORDS.search(seen) or _WORDS.search(_latin(seen)):
        return True
    return any(skeleton(one) == bare or (len(one) >= 4 and skeleton(one) in bare) for one in official.names)


def _latin(seen: str) -> str:
    return " ".join(skeleton(word) for word in re.split(r"[\s._\-]+", seen))


_SKELETONS: Final = frozenset(skeleton(word) for word in _RESERVED)


def neutral_name(user: str, locale: str) -> str:
    """What such a user is shown as; the end of the id tells one from the next."""
    return f"{NEUTRAL['zh' if locale.startswith('zh') else 'en']} {user[-4:]}"
