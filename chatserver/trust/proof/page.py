"""The page "is this really you?": plain HTML in both languages, without a script, so that any browser shows it."""

from html import escape
from typing import Final

_TRUE: Final = "是真的。这是我们{who}。<br>It is true. This is {en}."
_FALSE: Final = """对不上。请不要继续，也不要提供任何信息；回到 App 里重新打开客服。<br>
It does not match. Stop here and give nothing away; open the chat again from inside the app."""
_PAGE: Final = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>是真的客服吗？ Is this really you?</title>
</head>
<body>
<main>
<h1>是真的客服吗？<br>Is this really you?</h1>
<p>输入聊天里显示的口令，或客服告诉您的编号。<br>
Enter the phrase that the chat shows, or the code that the agent gave you.</p>
<form method="get" action="/verify">
<p><label>口令或编号 / Phrase or code<br>
<input name="said" size="32" maxlength="200" autocomplete="off" value="{said}"></label>
<button>核对 / Check</button></p>
</form>
{answer}
<hr>
<p>我们绝不会索要助记词、私钥、密码、验证码，
不会让您安装远程软件，也不会让您转账到“安全账户”。<br>
We never ask for your recovery phrase, private key, password or codes, never ask you to install remote control, and
never ask you to move money to a “safe account”.</p>
</main>
</body>
</html>
"""


def page(said: str, genuine: bool | None, name: str) -> str:
    """The page, with the answer to what somebody entered, if anything."""
    answer = ""
    if genuine:
        who, en = (
            (f"的客服“{name}”", f"our agent “{name}”")
            if name
            else ("正在进行的客服对话", "a conversation with us that is open now")
        )
        answer = f'<p role="status"><strong>✓ {_TRUE.format(who=escape(who), en=escape(en))}</strong></p>'
    elif genuine is False:
        answer = f'<p role="alert"><strong>✗ {_FALSE}</strong></p>'
    return _PAGE.format(said=escape(said, quote=True), answer=answer)
