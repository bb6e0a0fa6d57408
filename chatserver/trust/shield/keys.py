"""Private keys: hexadecimal, WIF, extended, key files, and those of other chains."""

import re
from collections.abc import Iterator
from typing import Final

from chatserver.trust.shield.base58 import base58check
from chatserver.trust.shield.folding import Folded
from chatserver.trust.shield.spans import Span

LEFT: Final = 60
RIGHT: Final = 40
"""Characters around 64 hexadecimal digits that can tell a key from the hash of a transaction."""

LONG: Final = 48
"""Letters and digits in a row that may be a key; the shortest has 51."""

DIGITS_OF_A_KEY: Final = 20
"""64 hexadecimal digits have 40 decimal ones on average; fewer than these hardly ever."""

_DIGIT: Final = re.compile("[0-9]")
_LONG: Final = re.compile(rf"(?<![0-9A-Za-z])[0-9A-Za-z]{{{LONG},}}(?![0-9A-Za-z])")
SIGNS: Final = {
    "key": re.compile(r"ciphertext|private key-----|\[\s*\d"),
    "long": re.compile(f"[0-9a-z]{{{LONG}}}"),
    "pieces": re.compile(r"[0-9a-fx \-:\n]{65}"),
}
"""What stands in any text with a key, in small letters: with none of it there is none."""

_HEX_KEY: Final = re.compile(r"(?:0[xX])?[0-9a-fA-F]{64}\Z")
_EXTENDED: Final = re.compile(r"[xyztuvYZUV]prv[1-9A-HJ-NP-Za-km-z]{95,112}\Z")
_BASE58: Final = re.compile(r"[1-9A-HJ-NP-Za-km-z]+\Z")
_PIECES: Final = re.compile(r"(?<![0-9a-z])(?:0x)?[0-9a-f]{4,32}(?:[ \-:\n]{1,2}[0-9a-f]{4,32})+(?![0-9a-z])")
_PEM: Final = re.compile(
    r"-----begin [a-z0-9 ]*private key-----.*?(?:-----end [a-z0-9 ]*private key-----"
    r"|\Z)",
    re.DOTALL,
)
_NUMBERS: Final = re.compile(r"\[\s*\d{1,3}(?:\s*,\s*\d{1,3}){63}\s*\]")

KEY_WORDS: Final = re.compile(
    r"(?<!公)[私秘密][钥鑰匙]|[私秘密]金鑰|[金][钥鑰]|[钥鑰]匙|priv(?:ate)?.?k(?:ey)?|privk|\bprivate\b|secret"
    r"|(?<!public )(?<!pub)\bkeys?\b|_key\b|signer"
    r"|wallet\(|\bsk\b|\bpk\b|\bpriv\b|\bpvk\b|明文|sweep|[导導]入|import|unlock|prv\b|控制(?:权|權)|密[码碼]"
)
HASH_WORDS: Final = re.compile(
    r"交易|哈希|转[账帐]|轉[賬帳]|[区區][块塊]|[订訂][单單]|[单單][号號]|流水|凭[证證]"
    r"|憑證|[签簽]名|合[约約]|[浏瀏][览覽]|到[账帐賬帳]|[确確][认認]"
    r"|成功|失[败敗]|手[续續][费費]|充[值幣币]|提[现現币幣]|[转轉][出入]|公[钥鑰]|地址"
    r"|校[验驗]|指[纹紋]|[铭銘]文|[编編][号號]|没收到|沒收到|上[链鏈]"
    r"|\b(?:tx|txn|txs|txid|txhash|tx_hash|transactionhash|hash|hashes|transaction|block"
    r"|checksum|sha-?\d*|sha256sum|digest|inscription"
    r"|etherscan|tronscan|bscscan|solscan|explorer|merkle|root|commit|signature|contract"
    r"|topics?|request|trace|session|receipt"
    r"|confirm\w*|pending|deposit|withdraw\w*|fingerprint|public|pubkey|address|token"
    r"|nft|gas|order|ref|reference|id|etag|nonce"
    r"|transfer\w*|sent|stuck|failed|swap|bridge)\b"
)
_SAID_AFTER: Final = re.compile(
    r"\W{0,3}(?:这|這|就|is|was|that'?s|this|it'?s|as|的|是|了|我|my|the|our|\s){0,6}"
    r"(?:[私秘密][钥鑰匙]|priv(?:ate)?.?key|secret.?key|wallet key)"
)


def find_keys(folded: Folded, may: frozenset[str]) -> list[Span]:
    """Every private key in a text, sorted; `may` holds the signs that a sieve let through."""
    low = folded.low
    found = list(_key_files(low)) if "ciphertext" in low else []
    for match in _LONG.finditer(folded.text) if "long" in may else ():
        kind = _kind(low, match)
        if kind and not any(start <= match.start() < end for start, end, _ in found):
            found.append(Span(*match.span(), kind))
    if "private key-----" in low:
        found += [Span(*match.span(), "privkey") for match in _PEM.finditer(low)]
    if "[" in low:
        found += [Span(*match.span(), "privkey") for match in _NUMBERS.finditer(low)]
    if found or "pieces" not in may or len(_DIGIT.findall(low)) < DIGITS_OF_A_KEY:
        return sorted(found)
    if _PIECES.search(low) and KEY_WORDS.search(low):
        found += _in_pieces(low)
    return sorted(found)


def _kind(low: str, match: re.Match[str]) -> str | None:  # noqa: PLR0911  (one return a kind)
    token, (start, end) = match[0], match.span()
    if _HEX_KEY.match(token):
        return "privkey" if is_key_rather_than_hash(low, start, end) else None
    if not _BASE58.match(token):
        return None
    if _EXTENDED.match(token):
        return "xprv"  # nothing else looks like this, so a misspelt one is found too
    if 50 <= len(token) <= 53:
        return _wif(token, low, start, end)
    if len(token) == 58 and token.startswith("6P"):
        return "privkey" if base58check(token) else None  # BIP-38
    if 86 <= len(token) <= 90:  # Solana: a key looks like a signature
        return "privkey" if is_key_rather_than_hash(low, start, end) else None
    return None


def _wif(token: str, low: str, start: int, end: int) -> str | None:
    """A key in wallet import format of any Bitcoin-like chain; with a wrong checksum only where it is called a key."""
    payload = base58check(token)
    if payload is not None:
        is_key = payload[0] >= 0x80 and (len(payload) == 33 or (len(payload) == 34 and payload[-1] == 1))
        return "wif" if is_key else None
    called_so = token[0] in "5KL9cTQ6" and said(KEY_WORDS, low, start)
    return "wif" if called_so else None


def said(words: re.Pattern[str], low: str, start: int) -> bool:
    """Whether one of the words stands shortly before a place."""
    return words.search(low, max(0, start - LEFT), start) is not None


def is_key_rather_than_hash(low: str, start: int, end: int) -> bool:
    """Whether the nearest word that tells says key; what is before tells more than what is after.

    By itself, with `0x` it is how explorers show the hash of a transaction; without, how wallets export a key.
    """
    if _SAID_AFTER.match(low, end, end + RIGHT):
        return True
    before = low[max(0, start - LEFT) : start].rpartition("\0")[2]
    key, hash_ = (
        max((match.end() for match in words.finditer(before)), default=-1) for words in (KEY_WORDS, HASH_WORDS)
    )
    if key != hash_:
        return key > hash_
    after = low[end : end + RIGHT].partition("\0")[0]
    first_key, first_hash = (
        next((m.start() for m in words.finditer(after)), RIGHT) for words in (KEY_WORDS, HASH_WORDS)
    )
    if first_key != first_hash:
        return first_key < first_hash
    return not low.startswith("0x", start) and not (low[:start] + low[end:]).strip()


def _key_files(low: str) -> Iterator[Span]:
    """JSON objects that hold an encrypted key, the outermost braces included; cut off ones up to the end."""
    depth = start = 0
    for brace in re.finditer(r"[{}]", low):
        if brace[0] == "{":
            start = brace.start() if depth == 0 else start
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0 and _is_key_file(low[start : brace.end()]):
                yield Span(start, brace.end(), "keystore")
    if depth and _is_key_file(low[start:]):
        yield Span(start, len(low.rstrip()), "keystore")


def _is_key_file(json: str) -> bool:
    return "ciphertext" in json and ("kdf" in json or "cipher" in json.replace("ciphertext", ""))


def _in_pieces(low: str) -> Iterator[Span]:
    """Hexadecimal keys that are written in groups; only where they are called a key."""
    for match in _PIECES.finditer(low):
        digits = re.sub(r"[^0-9a-f]", "", match[0].removeprefix("0x"))
        if len(digits) == 64 and is_key_rather_than_hash(low, *match.span()):
            yield Span(*match.span(), "privkey")
