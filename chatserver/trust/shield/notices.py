"""What users are told after a secret was taken out of what they wrote, and how often that happened."""

import asyncio
from collections import Counter
from typing import Final

import msgspec
import structlog

from chatserver.conversation.events import MessagePosted, Recorded
from chatserver.conversation.log import Appended
from chatserver.conversation.messages import SendMessage
from chatserver.conversation.states import Head
from chatserver.core.commands import Registry
from chatserver.core.errors import ChatError
from chatserver.core.session import WARDEN, Role, Session

NAMES: Final = {"zh": "安全提醒", "en": "Safety notice"}

KINDS: Final = {
    "wallet": ("mnemonic", "privkey", "wif", "xprv", "keystore"),
    "card": ("card", "cvv", "expiry"),
    "login": ("password", "otp", "pin"),
    "person": ("id_cn",),
    "contact": ("pii",),
}
"""What one should do is the same for these types."""

ADVICE: Final = {
    "zh": {
        "wallet": (
            "您刚才发送的内容里有助记词或私钥。我们已经删除，没有保存，客服也看不到。但它已经离开过您的设备：请马"
            "上新建一个钱包，把资产全部转过去，不要再用旧的。"
        ),
        "card": (
            "您刚才发送的内容里有银行卡信息。我们已经删除，没有保存。如果也发给过别人，请马上联系发卡银行挂失换卡。"
        ),
        "login": (
            "您刚才发送的内容里有密码或验证码。我们已经删除，没有保存。请马上在 App 里修改密码；还没用过的验证码"
            "请让它过期，不要告诉任何人。"
        ),
        "person": (
            "您刚才发送的内容里有身份证号。我们已经删除，没有保存。需要核实身份时，请只在 App 的实名认证页面提交。"
        ),
        "contact": (
            "为保护您的隐私，我们已从刚才的内容里删除了电话或邮箱。客服可以在您的账户资料里核对，不需要发在聊天里。"
        ),
    },
    "en": {
        "wallet": (
            "Your message held a recovery phrase or private key. We removed it: it is not stored and nobody here "
            "can see it. But it has left your device. Create a new wallet now, move all your funds there, and do "
            "not use the old one again."
        ),
        "card": (
            "Your message held card details. We removed them and stored nothing. If you sent them to anybody "
            "else too, ask your bank now to block the card and send a new one."
        ),
        "login": (
            "Your message held a password or code. We removed it and stored nothing. Change your password in the "
            "app now; let a code that is not used yet expire, and tell it to nobody."
        ),
        "person": (
            "Your message held an ID number. We removed it and stored nothing. If your identity must be checked, "
            "give it only on the verification page of the app."
        ),
        "contact": (
            "To protect your privacy we removed a phone number or e-mail address from your message. Our agents "
            "can check it in your account; there is no need to send it here."
        ),
    },
}
NEVER_ASKED: Final = {
    "zh": "我们绝不会向您索要助记词、私钥、密码或验证码；向您要的人都是骗子。",
    "en": "We never ask for your recovery phrase, private key, password or codes. Whoever does is a fraud.",
}

log = structlog.get_logger(__name__)


class Notices:
    """Warns users and counts; `incidents` are the secrets taken out of messages by this process, by type."""

    def __init__(self, registry: Registry) -> None:
        self.incidents: Counter[str] = Counter()
        self._registry = registry
        self._tasks: set[asyncio.Task[None]] = set()

    def follow(self, appended: Appended) -> None:
        """A subscriber of the log: count what was taken out, and warn the user who wrote it."""
        for row in appended.rows:
            types = _removed(row)
            self.incidents.update(types)
            if types and row.by.role == "user" and appended.head.is_open:
                task = asyncio.create_task(self._warn(appended.head, row.seq, types))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _warn(self, head: Head, seq: int, types: list[str]) -> None:
        language = "zh" if head.locale.startswith("zh") else "en"
        session = Session("warden", Role.BOT, WARDEN, NAMES[language], head.locale)
        # The key belongs to the message: whatever is tried again, it is said once.
        body = SendMessage(conversation=head.id, key=f"warden.{seq}", text=notice(language, types))
        try:
            await self._registry.run(session, "send_message", msgspec.json.encode(body))
        except ChatError as refusal:
            log.warning("notice_refused", code=refusal.code, conversation=head.id)


def notice(language: str, types: list[str]) -> str:
    """What to do now, for every kind of secret there was, the worst first."""
    advice = [ADVICE[language][kind] for kind, members in KINDS.items() if not set(members).isdisjoint(types)]
    return "\n".join([*advice, NEVER_ASKED[language]])


def _removed(row: Recorded) -> list[str]:
    body = row.read() if row.type == "message_posted" else None
    return list(body.removed or []) if isinstance(body, MessagePosted) else []
