"""How much each Chinese character speaks for a recovery phrase and against a sentence."""

from functools import cache
from math import log2
from typing import Final

from chatserver.trust.shield.wordlists import word_list

LISTS: Final = ("chinese_simplified", "chinese_traditional")

COMMON: Final = (
    "钱錢包账帳户戶密码碼验驗证證转轉充值提现現客服助词詞记記私钥鑰恢复復备備份登录錄链鏈接银銀行卡币幣冻凍结結审審"
    "核安全订訂单單号號手机機短信邮郵箱实實名认認付款退额額度限费費率网網络絡版本更新升级級设設置页頁面请請您好谢謝"
    "帮幫忙怎么麼样樣什么麼为為吗嗎呢吧啊哦嗯哪昨今明晚早午刚剛才已经經还還没沒收点點击擊屏幕截图圖联聯系系统統"
    "错誤误提示失败敗成功等待处處理查询詢询问問题題解决决绑绑定解除注销銷销注册冊删删除换換改换骗騙诈詐盗盜丢丟忘"
    "输輸入出写寫抄导導新旧舊个個字念听聽排队隊急快慢钟鐘秒分天月年元块塊万萬千百谁誰给給让讓跟把被从從对對错"
)
"""Characters that wallet talk uses all the time though they are rare elsewhere."""

NEVER: Final = -40.0
"""The score of a character that is on no list: no stretch with it can look like a phrase."""

FIRST_CHARACTER: Final = 0x3400
LAST_CHARACTER: Final = 0x9FFF
"""The code points between which Chinese characters stand."""


@cache
def scores() -> dict[str, float]:
    """How much a character speaks against a sentence, in bits below zero."""
    found: dict[str, float] = {}
    for language in LISTS:
        for character, place in word_list(language).items():
            found[character] = max(found.get(character, NEVER), log2((place + 20) / 2048))
    return found | {character: log2(60 / 2048) for character in COMMON if character in found}
