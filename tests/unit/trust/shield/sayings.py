"""How people say it: sentences with a place for a secret, and sentences that only look as if they had one."""

import random
from collections.abc import Callable
from typing import Final

PHRASE: Final = (
    "{mnemonic}", "{mnemonic}", "助记词：{mnemonic}", "我的助记词是{mnemonic}", "助記詞 {mnemonic} 導入不了",
    "my seed phrase is {mnemonic}",
    "recovery phrase: {mnemonic}", "帮我看看这个对不对 {mnemonic}", "i wrote down {mnemonic}, is it right?",
    "这是我钱包的词：{mnemonic}，帮我恢复一下",
    "seed: {mnemonic}\nplease restore", "我念给你听：{mnemonic}。你记一下", "Here are my words\n{mnemonic}\nthanks",
    "恢复词 {mnemonic}",
    "wallet backup = {mnemonic}", "客服你好，{mnemonic}，提示错误", "导入的时候写 {mnemonic} 说无效",
    "mnemonic={mnemonic}",
)  # fmt: skip
CONTACT: Final = (
    "我的手机号是{pii}", "call me at {pii}", "联系我 {pii}", "{pii}", "my contact: {pii}", "电话：{pii}，谢谢",
    "reach me on {pii} please",
    "注册用的是 {pii} 这个", "我叫李强，{pii}",
)  # fmt: skip
SAYINGS: Final[dict[str, tuple[str, ...]]] = {
    "privkey": (
        "my private key is {privkey}", "私钥：{privkey}", "私钥是{privkey}帮我看看", "PRIVATE_KEY={privkey}",
        "私鑰 {privkey} 導入失敗",
        "this is the private key {privkey}", "密钥 {privkey} 能找回吗", "{privkey} 这是我的私钥",
        "{privkey} is my private key, import it",
        "import key {privkey} shows 0 balance", "secret key: {privkey}", "new Wallet('{privkey}')",
        "privkey {privkey} please sweep it",
        "钱包私钥为 {privkey}，转不出来", "I exported the key from metamask: {privkey}", "秘钥{privkey}",
        "sk = {privkey}",
        "交易失败了，我的私钥是 {privkey}", "eth private key → {privkey}", "导入私钥 {privkey} 提示错误",
    ),
    "wif": (
        "{wif}",
        "私钥 {wif}",
        "my key {wif} doesn't import",
        "wif: {wif}",
        "btc 钱包 {wif} 能恢复吗",
        "密钥{wif}帮看下",
        "sweep {wif} please",
    ),
    "xprv": (
        "{xprv}",
        "扩展私钥 {xprv}",
        "xprv: {xprv} won't import",
        "my master key is {xprv}",
        "根密钥：{xprv}，谢谢",
    ),
    "keystore": (
        "{keystore}",
        "我的keystore文件：{keystore} 密码忘了",
        "here is my keystore {keystore}",
        "decrypt this\n{keystore}\nplease",
    ),
    "id_cn": (
        "身份证号{id_cn}", "我的身份证是 {id_cn}，实名不了", "{id_cn}", "身分證：{id_cn}", "my id number is {id_cn}",
        "证件号码 {id_cn} 提示已注册",
        "resident id {id_cn} rejected", "李强 身份证 {id_cn} 麻烦审核",
    ),
    "password": (
        "我的密码是{password}", "密码：{password}", "登录密码 {password} 登不上", "my password is {password}",
        "password: {password}",
        "pwd={password}", "pass: {password}", "密码是 {password} 但是不对", "login with password {password}",
        "密码{password}一直提示错误",
        "账号 lin88 密码 {password}", "the password I use is {password}", "旧密码是{password}，改不了",
        "{password} 是我的密码",
        "{password} is my password", "我密码设置的是 {password}", "user: lin, password: {password}",
        "密碼：{password}，請幫我登入",
        "password was {password} before", "我试了密码 {password} 不行",
    ),
    "otp": (
        "验证码{otp}", "验证码是 {otp}", "验证码：{otp}", "the verification code is {otp}", "OTP {otp}",
        "my otp is {otp}", "code is {otp}",
        "收到验证码 {otp} 了", "短信验证码 {otp}，帮我登录", "verification code: {otp}", "your code: {otp}",
        "動態密碼 {otp}", "{otp} 是验证码",
        "2fa code {otp}", "SMS code {otp} expired", "谷歌验证码 {otp} 不对", "{otp} is the verification code",
        "校验码 {otp}",
    ),
    "pin": (
        "支付密码{pin}", "支付密码是 {pin}", "my pin is {pin}", "PIN: {pin}", "交易密码 {pin}", "PIN码 {pin} 不对",
        "the pin code is {pin}",
        "取款密码：{pin}", "资金密码{pin}帮我改", "payment PIN {pin} does not work", "钱包支付密码 {pin}",
        "passcode {pin} not accepted",
    ),
    "card": (
        "{card}", "卡号{card}", "卡号：{card}", "my card number is {card}", "card {card} was declined",
        "银行卡 {card} 绑不上", "信用卡{card}刷不了",
        "please refund to {card}", "退到这张卡 {card} 吧", "I paid with {card} yesterday", "工行卡：{card}，户名李强",
        "提现到 {card} 没到账",
        "visa {card}", "我的卡是{card}，帮我查一下",
    ),
    "cvv": (
        "卡号 {card} cvv {cvv}", "{card} {expiry} {cvv}", "card {card}, cvv: {cvv}", "cvv是{cvv}", "my cvv is {cvv}",
        "安全码 {cvv}", "CVV2：{cvv}",
        "{card} exp {expiry} cvc {cvv}", "背面三位数是{cvv}", "the security code is {cvv}", "cvc {cvv} rejected",
        "后三位 {cvv}",
    ),
    "expiry": (
        "卡号 {card} 有效期 {expiry}", "{card} {expiry}", "card {card} exp {expiry}", "{card}, expires {expiry}",
        "{card} valid thru {expiry}",
        "卡 {card} 到期 {expiry} 安全码 {cvv}", "信用卡有效期是 {expiry}", "{card}\n{expiry}\n{cvv}",
        "{card} / {expiry} / cvv {cvv}",
    ),
}  # fmt: skip

CLEAN: Final = (
    "交易哈希 {hash0x} 一直pending", "tx {hash0x} failed", "txid: {hash}", "hash {hash} 查不到", "交易号 {hash}",
    "{hash0x} 这笔没到账", "{hash0x}",
    "transaction hash: {hash0x}, stuck for 2 hours", "TRON 哈希 {hash} 手续费太高", "https://etherscan.io/tx/{hash0x}",
    "block hash {hash0x}",
    "sha256 {hash}", "转账记录 {hash} 显示成功", "看一下这个 tx {hash0x} 为什么失败", "deposit {hash} not credited",
    "充值的哈希是 {hash}",
    "我转到 {eth} 了", "my address is {eth}", "地址 {tron} 收不到", "withdraw to {btc}", "{btc}", "{tron}", "{sol}",
    "SOL 地址 {sol}", "send it to {eth} please",
    "{eth} 是我的地址", "白名单地址 {tron} 加不上", "合约地址 {eth}", "订单号 {order}", "订单{order}没到账",
    "order {order} is pending", "单号：{order}",
    "交易单号 {order}", "order #{order}", "流水号 {order} 查一下", "商户订单号 {order} 扣了两次",
    "my order number is {order}", "ticket {ticket}",
    "充了 {amount} USDT", "提现 {amount} 没到", "I sent {amount} ETH yesterday", "扣了我{amount}元",
    "balance is {amount}", "${amount} was charged twice",
    "{date} 转的", "昨天 {time} 提现的", "on {date} at {time}", "{date} {time} 登录不上", "我手机尾号{four}",
    "验证码收不到，等了{three}秒", "验证码60秒过期太短了",
    "验证码发了{small}次都收不到", "the code never arrived, tried {small} times", "密码输错了{small}次被锁了",
    "I forgot my password", "忘记密码怎么办",
    "密码忘了", "how do I reset my password?", "my password is not working", "my password is wrong", "密码不对",
    "密码太简单会怎样", "支付密码忘了怎么找回",
    "密码要几位数", "密码必须8到20位吗", "password must be 8 characters?", "I never shared my password with anyone",
    "改密码后24小时不能提现吗", "my pin is blocked",
    "PIN码输错{small}次会怎样", "what is a cvv", "cvv在哪里看", "安全码是什么", "卡的有效期填错了",
    "有效期到{year}年的优惠券", "优惠券有效期 {month}/{year2}",
    "助记词丢了怎么办", "what is a seed phrase", "助记词可以改吗", "我把助记词写在纸上了",
    "should I store my recovery phrase in a photo?", "私钥和助记词有什么区别",
    "private key export is greyed out", "客服会问我要助记词吗", "I will never tell anyone my private key",
    "助记词要12个还是24个", "导入助记词提示无效，怎么回事",
    "app version {version}", "安卓{small} 版本 {version} 闪退", "ip {ip} 不是我", "error code {five}", "报错 {five}",
    "错误码：{five}", "邀请码 {invite}",
    "my invite code is {invite}", "兑换码 {invite} 无效", "快递 SF{ticket}", "区块高度 {eight}",
    "confirmed in block {eight}", "nonce {three} too low",
    "gas price {small} gwei, limit 21000", "年化{small}.5%是真的吗", "I have {small} wallets and {three} tokens",
    "第{small}次问了还没解决", "uid {eight}", "UID：{eight}",
    "session {uuid} expired", "request id {uuid}", "汇率 7.{four} 对吗", "会员号 {eight}", "工单 {ticket} 没人管",
    "kyc 审核{small}天了", "身份证拍照总是模糊",
    "请问 {time} 之前能到吗", "my old phone died and I want to use the wallet on the new one",
    "can you please help me, I just want my money back",
    "I did nothing wrong, the app just said error and then it was gone", "今天转了三次都失败了到底怎么回事啊",
    "我已经等了两天了还没有人回复我", "这个币什么时候上线啊大家都在等",
    "为什么我的账户被冻结了我什么都没做", "提现一直显示处理中能不能帮我催一下",
    "刚才有人打电话说是你们客服让我下载一个软件", "转错地址了还能追回来吗那是我全部的积蓄",
    "I only have this one phone and my son set up the account for me", "thanks, that was quick, have a good day",
    "好的谢谢你，祝工作顺利", "你们上班时间是几点到几点",
    "手续费怎么算的，转{amount}要多少", "换了新手机谷歌验证器没了",
    "the market is down but my limit order did not fill", "why does the wallet ask for network fee when i swap",
    "please check the status of my withdrawal of {amount} usdt to {tron}, txid {hash}",
    "从 {eth} 转到 {eth} 的 {amount} USDC，哈希 {hash0x}", "流水 {order}，时间 {date} {time}",
    "Bought {amount} worth of tokens on {date}, order {order}, still pending", "金额{amount}，订单{order}，地址{eth}",
    "SN {invite}", "IMEI {imei}", "参考号 {ref}", "invoice {ref}",
)  # fmt: skip

_B58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


Draw = Callable[[random.Random], object]


def _hex(rng: random.Random, size: int) -> str:
    return rng.randbytes(size).hex()


def _base58(rng: random.Random, size: int) -> str:
    return "".join(rng.choices(_B58, k=size))


def _btc(rng: random.Random) -> str:
    modern = "bc1q" + "".join(rng.choices("qpzry9x8gf2tvdw0s3jn54khce6mua7l", k=38))
    return rng.choice([modern, "1" + _base58(rng, 33)])


def _order(rng: random.Random) -> str:
    digits = f"{rng.choice(['20', '19', '28', '36', '99', '71'])}{rng.randrange(10**17, 10**18)}"
    return digits[: rng.choice([10, 12, 14, 16, 18, 20])]


def _amount(rng: random.Random) -> str:
    return rng.choice([f"{rng.randrange(10**6) / 100:,.2f}", f"{rng.randrange(10, 99999)}", f"{rng.random():.8f}"])


def _uuid(rng: random.Random) -> str:
    return f"{_hex(rng, 4)}-{_hex(rng, 2)}-4a12-b3c4-{_hex(rng, 6)}"


_FIGURES: Final[dict[str, Draw]] = {
    "hash": lambda rng: _hex(rng, 32),
    "hash0x": lambda rng: "0x" + _hex(rng, 32),
    "eth": lambda rng: "0x" + _hex(rng, 20),
    "tron": lambda rng: "T" + _base58(rng, 33),
    "sol": lambda rng: _base58(rng, 44),
    "btc": _btc,
    "order": _order,
    "amount": _amount,
    "uuid": _uuid,
    "ticket": lambda rng: rng.randrange(10**9, 10**12),
    "date": lambda rng: f"20{rng.randrange(20, 28)}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}",
    "time": lambda rng: f"{rng.randrange(24):02}:{rng.randrange(60):02}",
    "four": lambda rng: f"{rng.randrange(10**4):04}",
    "three": lambda rng: rng.randrange(100, 999),
    "small": lambda rng: rng.randrange(2, 15),
    "five": lambda rng: rng.randrange(10_000, 99_999),
    "eight": lambda rng: rng.randrange(10**7, 10**8),
    "year": lambda rng: rng.randrange(2025, 2031),
    "year2": lambda rng: rng.randrange(25, 31),
    "month": lambda rng: f"{rng.randrange(1, 13):02}",
    "version": lambda rng: f"{rng.randrange(1, 9)}.{rng.randrange(20)}.{rng.randrange(99)}",
    "ip": lambda rng: ".".join(str(rng.randrange(1, 255)) for _ in range(4)),
    "invite": lambda rng: "".join(rng.choices("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=8)),
    "imei": lambda rng: f"35{rng.randrange(10**12, 10**13)}",
    "ref": lambda rng: f"RF{rng.randrange(10**10, 10**11)}",
}


def filled(rng: random.Random, template: str) -> str:
    """A clean sentence with its figures drawn anew."""
    return template.format(**{name: draw(rng) for name, draw in _FIGURES.items()})
