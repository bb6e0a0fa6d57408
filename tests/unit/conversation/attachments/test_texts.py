"""What lets somebody in is not in a text file any more, and the rest of it is as it was."""

import pytest

from chatserver.conversation.attachments.credentials import REPLACEMENT, without_credentials
from chatserver.conversation.attachments.texts import BLOCK, without_secrets
from chatserver.trust.shield.shield import SecretShield

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJsaW4ifQ.c2lnbmF0dXJlLXNpZ25hdHVyZQ"
PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"token is {JWT} ok", f"token is {REPLACEMENT} ok"),
        ("Authorization: Bearer abcdef123456\nnext", f"Authorization: {REPLACEMENT}\nnext"),
        ("Set-Cookie: sid=1234; HttpOnly\r\nDate: x", f"Set-Cookie: {REPLACEMENT}\r\nDate: x"),
        ('{"name": "Cookie", "value": "sid=abc; x=1"}', f'{{"name": "Cookie", "value": "{REPLACEMENT}"}}'),
        ('{"access_token": "abcdefgh", "a": 1}', f'{{"access_token": "{REPLACEMENT}", "a": 1}}'),
        ("GET /x?access_token=abcdefgh&y=2 200", f"GET /x?access_token={REPLACEMENT}&y=2 200"),
        ("key sk_live_abcdefghijklmnop.", f"key {REPLACEMENT}."),
        (
            "-----BEGIN PRIVATE KEY-----\nMIIE\nabc\n-----END PRIVATE KEY-----\nrest",
            f"{REPLACEMENT}\nrest",
        ),
        ("the token bar, a cookie recipe, 授权失败", "the token bar, a cookie recipe, 授权失败"),
        ("2026-11-26 12:00 INFO id=7f3a GET /balance 200", "2026-11-26 12:00 INFO id=7f3a GET /balance 200"),
    ],
)
def test_credentials_are_taken_out_and_nothing_else(text: str, kept: str) -> None:
    assert without_credentials(text) == kept
    assert without_credentials(kept) == kept


async def test_a_phrase_on_the_border_of_two_blocks_is_found() -> None:
    filler = "2026-11-26 12:00 INFO everything is fine here\n" * (BLOCK // 46)
    lines = "\n".join(PHRASE.split())
    for cut in range(0, 400, 40):
        text = filler[:-cut] if cut else filler
        cleaned = await without_secrets(f"{text}\n{lines}\nend\n", SecretShield())
        assert "sausage" not in cleaned, cut
        assert cleaned.endswith("end\n")


async def test_a_log_without_secrets_stays_as_it_is() -> None:
    text = "".join(f"10:{n % 60:02} 第 {n} 次重试 code=E{n}\n" for n in range(2_000)) + "no line end"
    assert await without_secrets(text, SecretShield()) == text


async def test_a_single_long_line_is_looked_through_too() -> None:
    text = "x" * (BLOCK * 2) + f" {PHRASE} "
    assert "sausage" not in await without_secrets(text, SecretShield())
