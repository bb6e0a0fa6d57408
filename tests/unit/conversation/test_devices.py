"""Agents are told the system and the browser, and no more."""

import pytest

from chatserver.conversation.devices import device_name

IOS = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
ANDROID = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:127.0) Gecko/20100101"


@pytest.mark.parametrize(
    ("program", "name"),
    [
        (f"{IOS} Version/17.5 Mobile/15E148 Safari/604.1", "iPhone · Safari 17"),
        (f"{IOS} CriOS/126.0 Mobile/15E148 Safari/604.1", "iPhone · Chrome 126"),
        (f"{IOS} Mobile/15E148 MicroMessenger/8.0.49 NetType/WIFI", "iPhone · WeChat 8"),
        (f"{ANDROID} Chrome/126.0.0.0 Mobile Safari/537.36", "Android · Chrome 126"),
        (f"{ANDROID} Version/4.0 Chrome/126.0 Mobile Safari/537.36 AlipayClient/10.6", "Android · Alipay 10"),
        (f"{WINDOWS} Chrome/126.0 Safari/537.36 Edg/126.0", "Windows · Edge 126"),
        (f"{MAC} Firefox/127.0", "Mac · Firefox 127"),
        (IOS, "iPhone"),
        ("python-requests/2.32", ""),
        ("Mozilla/" + "<script>" * 1_000, ""),
        ("", ""),
    ],
)
def test_a_program_is_called_what_people_call_it(program: str, name: str) -> None:
    assert device_name(program) == name
