"""The page "is this really you?": plain HTML in both languages, without a script, so that any browser shows it."""

from base64 import b64encode
from hashlib import sha256
from html import escape
from typing import Final

_STYLE: Final = """
:root{color-scheme:light dark;font:17px/1.6 system-ui,"PingFang SC","Noto Sans SC","Microsoft YaHei",sans-serif}
body{margin:0;padding:24px 16px;background:light-dark(#f3f2ee,#14181b);color:light-dark(#1c2226,#e8ecee)}
main{max-width:34rem;margin:0 auto;padding:24px;border-radius:16px;background:light-dark(#fff,#1d2327)}
h1{margin:0 0 12px;font-size:1.5rem;line-height:1.35}
label{display:block}
input{box-sizing:border-box;width:100%;margin:4px 0 12px;padding:12px;font:inherit;
border:1px solid #8a9499;border-radius:10px}
button{width:100%;padding:12px;border:0;border-radius:10px;background:#0b6b6b;color:#fff;font:inherit;font-weight:600}
.yes,.no{padding:12px 16px;border-radius:10px;font-weight:600}
.yes{background:light-dark(#e2f4ea,#13331f);color:light-dark(#1c7048,#7ad4a3)}
.no{background:light-dark(#fdecea,#3d1f1c);color:light-dark(#a3271d,#f4a79f)}
.never{margin-bottom:0;font-size:.875rem;opacity:.8}
"""
POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What the page may do: show its own style and ask again; nothing else."""

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
<style>{style}</style>
</head>
<body>
<main>
<h1>是真的客服吗？<br>Is this really you?</h1>
<p>输入聊天里显示的口令，或客服告诉您的编号。<br>
Enter the phrase that the chat shows, or the code that the agent gave you.</p>
<form method="get" action="/verify">
<p><label>口令或编号 / Phrase or code<br>
<input name="said" size="32" maxlength="200" autocomplete="off" value="{said}"></label>
</p>
<button>核对 / Check</button>
</form>
{answer}
<p class="never">我们绝不会索要助记词、私钥、密码、验证码，也不会让您
安装远程软件、把钱转到“安全账户”。<br>
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
        answer = f'<p class="yes" role="status">✓ {_TRUE.format(who=escape(who), en=escape(en))}</p>'
    elif genuine is False:
        answer = f'<p class="no" role="alert">✗ {_FALSE}</p>'
    return _PAGE.format(style=_STYLE, said=escape(said, quote=True), answer=answer)
