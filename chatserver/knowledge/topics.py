"""The topics a user can choose from before a conversation."""

from typing import Final

from msgspec import Struct

from chatserver.core.routes import Request, route


class Topic(Struct, frozen=True):
    """A topic with its title in both languages; `id` is what `start_conversation` carries."""

    id: str
    zh: str
    en: str


class TopicList(Struct, frozen=True):
    """The topics in the order they are shown: what cannot wait comes first."""

    topics: list[Topic]


TOPICS: Final = (
    Topic("freeze", "账户异常 / 紧急冻结", "Something is wrong, freeze my account"),
    Topic("scam", "可能被骗了", "I may have been scammed"),
    Topic("transfer", "转错账", "I sent money to the wrong place"),
    Topic("withdraw", "提现没到账", "My withdrawal has not arrived"),
    Topic("topup", "充值问题", "Top-up problem"),
    Topic("refund", "退款与争议", "Refund or dispute"),
    Topic("login", "登录与密码", "Sign-in and password"),
    Topic("complaint", "投诉与建议", "Complaint or suggestion"),
    Topic("other", "其他问题", "Something else"),
)
"""Shipped topics."""


class TopicsApi:
    """The topics over HTTP, open to everybody."""

    @route("GET", "/api/v1/topics", result=TopicList, roles=None)
    async def topics(self, request: Request) -> TopicList:
        """The topics to offer before a conversation, in the order to show them."""
        return TopicList(list(TOPICS))
