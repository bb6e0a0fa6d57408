"""The topics that the product ships, for a desk that has not written its own."""

from typing import Final

from chatserver.desk.catalogue.kinds import Both, IntakeField, Option, TopicItem

_ORDER: Final = IntakeField(
    id="order",
    label=Both("订单号", "Order number"),
    kind="order",
    hint=Both("在账单详情里可以复制", "You can copy it from the payment’s details"),
)
_AMOUNT: Final = IntakeField(id="amount", label=Both("金额", "Amount"), kind="amount", required=True)
_WHEN: Final = IntakeField(id="when", label=Both("大概时间", "About when"), kind="time")


def _topic(order: int, zh: str, en: str, *fields: IntakeField) -> TopicItem:
    return TopicItem(title=Both(zh, en), order=order, fields=list(fields))


def _choice(id_: str, label: Both, *options: tuple[str, str, str]) -> IntakeField:
    listed = [Option(name, Both(zh, en)) for name, zh, en in options]
    return IntakeField(id=id_, label=label, kind="choice", required=True, options=listed)


TOPICS: Final[dict[str, TopicItem]] = {
    "freeze": _topic(
        10,
        "账户异常 / 紧急冻结",
        "Something is wrong, freeze my account",
        _choice(
            "sign",
            Both("您发现了什么", "What did you notice"),
            ("payment", "有不是我做的交易", "A payment that is not mine"),
            ("device", "有陌生设备登录", "A sign-in from a device I don’t know"),
            ("phone", "手机丢了", "I lost my phone"),
        ),
    ),
    "scam": _topic(
        20,
        "可能被骗了",
        "I may have been scammed",
        _choice(
            "stage",
            Both("钱转出去了吗", "Has money left your wallet"),
            ("now", "正在转或刚转出", "It is leaving right now"),
            ("earlier", "之前已经转出", "It left a while ago"),
            ("no", "还没有转", "Not yet"),
        ),
        IntakeField(id="amount", label=Both("金额", "Amount"), kind="amount"),
    ),
    "transfer": _topic(30, "转错账", "I sent money to the wrong place", _ORDER, _AMOUNT, _WHEN),
    "withdraw": _topic(40, "提现没到账", "My withdrawal has not arrived", _ORDER, _AMOUNT, _WHEN),
    "topup": _topic(
        50,
        "充值问题",
        "Top-up problem",
        _choice(
            "channel",
            Both("充值方式", "How did you top up"),
            ("bank", "银行卡", "Bank card"),
            ("transfer", "银行转账", "Bank transfer"),
            ("other", "其他", "Something else"),
        ),
        _AMOUNT,
        _WHEN,
    ),
    "refund": _topic(60, "退款与争议", "Refund or dispute", _ORDER, _AMOUNT),
    "login": _topic(
        70,
        "登录与密码",
        "Sign-in and password",
        IntakeField(
            id="message",
            label=Both("页面上的提示", "What the page says"),
            kind="text",
            hint=Both("请不要填写密码或验证码", "Never enter a password or a code here"),
        ),
    ),
    "complaint": _topic(80, "投诉与建议", "Complaint or suggestion"),
    "other": _topic(90, "其他问题", "Something else"),
}
"""By id; what cannot wait comes first."""
