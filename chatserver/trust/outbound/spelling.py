"""One spelling for the ways in which words are disguised: spaces, look-alike letters, digits for letters, pinyin."""

import re
import unicodedata
from typing import Final

from chatserver.core.sieve import Sieve
from chatserver.trust.links.hosts import INVISIBLE
from chatserver.trust.shield.nouns import simpler

_ALIKE: Final = str.maketrans("авеһіјкӏмнорԛѕтухԝԁαβεικνορτυχıᴀᴇɪᴏᴜ", "abehijklmhopqstyxwdabeiknoptuxiaeiou")
_HAS_ALIKE: Final = re.compile("[" + "".join(map(chr, _ALIKE)) + "]")
_CHINESE: Final = r"\u3400-\u9fff"
_BETWEEN: Final = re.compile(rf"(?<=[{_CHINESE}])[\s.·*_\-~|/、]+(?=[{_CHINESE}])")
_LETTERS: Final = re.compile(r"(?<![a-z0-9])[a-z0-9](?:[\s.·*_\-~|]{1,2}[a-z0-9]){2,}(?![a-z0-9])")
_INSIDE: Final = re.compile(r"(?<=[a-z])[*_·|~](?=[a-z])")
_LEET: Final = re.compile(r"[a-z]*(?:[a-z][013457@$]|[013457@$][a-z])[a-z013457@$]*")
_DIGITS: Final = str.maketrans("013457@$", "oleastas")
# Words as people write them to slip through, and what they mean.
_MEANT: Final = (
    (re.compile(r"zhu\s?ji\s?ci|[助注住祝][记计季纪j][词辞ci]+|注记词|助词记"), "助记词"),
    (re.compile(r"(?<![a-z])si\s?(?:yao|yue)(?![a-z])|[私丝][匙药]|私\s?(?:yao|yue|y)(?![a-z])|si\s?钥"), "私钥"),
    (re.compile(r"(?<![a-z])mi\s?ma(?![a-z])|[蜜秘]码|密[马吗嘛ma]+(?![a-z])"), "密码"),
    (re.compile(r"yan\s?zheng\s?ma|(?<![a-z])yzm(?![a-z])|验证[马吗ma]+(?![a-z])"), "验证码"),
    (re.compile(r"pass\s?words?|passwd|(?<![a-z])pwd(?![a-z])"), "password"),
)


# Separators between two characters, which the patterns themselves only look at, so that no sieve could tell.
_SPACED_OUT: Final = re.compile(rf"[{_CHINESE}][\s.·*_\-~|/、]+[{_CHINESE}]")
_STARRED: Final = re.compile(r"[a-z][*_·|~][a-z]")
_DISGUISES: Final = Sieve({"spaced": _SPACED_OUT, "letters": _LETTERS, "starred": _STARRED, "leet": _LEET})
_MISSPELT: Final = Sieve({word: pattern for pattern, word in _MEANT})


def plainly(text: str) -> str:
    """A text in small, simplified, plain letters, with disguised words as what they mean."""
    low = text.lower()
    if not text.isascii():
        low = unicodedata.normalize("NFKC", INVISIBLE.sub("", text)).lower()
        low = simpler(low.translate(_ALIKE) if _HAS_ALIKE.search(low) else low)
    may = _DISGUISES.may(low)
    if "spaced" in may:
        low = _BETWEEN.sub("", low)
    if not may.isdisjoint({"spaced", "letters"}):  # characters that came together may have letters between them
        low = _LETTERS.sub(lambda spaced: re.sub(r"[^a-z0-9]", "", spaced[0]), low)
    if may:
        low = _INSIDE.sub("", low)
        low = _LEET.sub(_unleet, low)
    meant = _MISSPELT.may(low)
    for pattern, word in _MEANT if meant else ():
        low = pattern.sub(word, low)
    return low


_SOUGHT: Final = frozenset(
    re.findall(
        r"\w+",
        "password passwords passcode code codes seed phrase mnemonic secret words key keys private pin otp cvv anydesk"
        " teamviewer send your give tell share provide type",
    )
)


def _unleet(word: re.Match[str]) -> str:
    plain = word[0].translate(_DIGITS)
    return plain if plain in _SOUGHT else word[0]
