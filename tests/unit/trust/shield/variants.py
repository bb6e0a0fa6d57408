"""Chat messages with secrets in them, and such without, made from a seed: hundreds of each kind in two languages.

The secrets are random with valid checksums. `Sample.spans` are the places of the secrets, none for what must pass.
"""

import hashlib
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from chatserver.core.ids import ALPHABET
from chatserver.trust.shield.wordlists import has_checksum, word_list
from tests.unit.trust.shield import sayings

Maker = Callable[[random.Random], str]


@dataclass(frozen=True)
class Sample:
    """A message and what it holds: `(start, end, type)` of each secret."""

    text: str
    spans: tuple[tuple[int, int, str], ...] = ()
    kind: str = "clean"


def base58check(payload: bytes) -> str:
    """A payload with its checksum in base 58."""
    raw = payload + hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4]
    number, text = int.from_bytes(raw, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        text = ALPHABET[rest] + text
    return ALPHABET[0] * (len(raw) - len(raw.lstrip(b"\0"))) + text


def phrase(rng: random.Random, language: str, count: int) -> list[str]:
    """Random words of a list with a right checksum."""
    words, places = list(word_list(language)), word_list(language)
    while True:
        chosen = rng.choices(words, k=count)
        if has_checksum(chosen, places):
            return chosen


def misspelt(rng: random.Random, word: str) -> str:
    """The word with one letter more, less, other, or with two swapped."""
    at = rng.randrange(len(word) - 1)
    letter = rng.choice("abcdefghijklmnopqrstuvwxyz")
    return rng.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + letter + word[at:],
            word[:at] + letter + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        ]
    )


def english_phrase(rng: random.Random) -> str:
    """A phrase as people write it down."""
    words = phrase(rng, "english", rng.choice([12, 12, 12, 15, 18, 21, 24, 24]))
    if rng.random() < 0.25:
        at = rng.randrange(len(words))
        words[at] = misspelt(rng, words[at])
    cases: list[Callable[[str], str]] = [
        str.lower,
        str.lower,
        str.lower,
        str.upper,
        str.title,
        lambda word: _mixed(rng, word),
    ]
    case = rng.choice(cases)
    words = [case(word) for word in words]
    if rng.random() < 0.3:
        number = rng.choice(["{}. ", "{}.", "{}) ", "{} ", "({}) ", "{}: ", "#{} "])
        words = [number.format(at) + word for at, word in enumerate(words, 1)]
        return rng.choice([" ", "\n", ", ", "  "]).join(words)
    return rng.choice(
        [" ", " ", " ", ", ", ",", "，", "、", "\n", " - ", "  ", " / ", "; ", " | ", "\t", "\r\n", " > "]
    ).join(words)


def _mixed(rng: random.Random, word: str) -> str:
    return "".join(rng.choice([letter, letter.upper()]) for letter in word)


def chinese_phrase(rng: random.Random) -> str:
    """A phrase in Chinese, together or apart."""
    language = rng.choice(["chinese_simplified", "chinese_traditional"])
    words = phrase(rng, language, rng.choice([12, 12, 12, 15, 18, 21, 24]))
    style = rng.random()
    if style < 0.15:
        return rng.choice([" ", "\n", "、"]).join(f"{at}.{word}" for at, word in enumerate(words, 1))
    if style < 0.25:
        size = rng.choice([3, 4, 6])
        return " ".join("".join(words[at : at + size]) for at in range(0, len(words), size))
    return rng.choice(["", "", " ", " ", "，", "、", ",", "\n", "  "]).join(words)


def hex_key(rng: random.Random) -> str:
    """32 bytes in hexadecimal, with `0x` or without, in small or capital letters."""
    digits = rng.randbytes(32).hex()
    return rng.choice(["", "0x"]) + rng.choice([digits, digits, digits.upper()])


def wif(rng: random.Random) -> str:
    """A Bitcoin key in wallet import format, compressed or not."""
    return base58check(b"\x80" + rng.randbytes(32) + rng.choice([b"", b"\1", b"\1"]))


def xprv(rng: random.Random) -> str:
    """An extended private key of the main net."""
    version = rng.choice([0x0488ADE4, 0x049D7878, 0x04B2430C]).to_bytes(4, "big")
    return base58check(version + b"\0" * 9 + rng.randbytes(32) + b"\0" + rng.randbytes(32))


def keystore(rng: random.Random) -> str:
    """A JSON key file, on one line or many."""
    import json

    body = {
        "address": rng.randbytes(20).hex(),
        rng.choice(["crypto", "Crypto"]): {
            "cipher": "aes-128-ctr",
            "ciphertext": rng.randbytes(32).hex(),
            "cipherparams": {"iv": rng.randbytes(16).hex()},
            "kdf": "scrypt",
            "kdfparams": {"dklen": 32, "n": 262144, "p": 1, "r": 8, "salt": rng.randbytes(32).hex()},
            "mac": rng.randbytes(32).hex(),
        },
        "id": str(rng.getrandbits(64)),
        "version": 3,
    }
    return json.dumps(body, indent=rng.choice([None, None, 2, 4]))


def luhn(digits: str) -> str:
    """The digits with Luhn's check digit."""
    total = sum(sum(divmod(int(digit) * (2 - at % 2), 10)) for at, digit in enumerate(reversed(digits)))
    return f"{digits}{-total % 10}"


CARD_STARTS: Final = (
    ("4", 16), ("51", 16), ("55", 16), ("2303", 16), ("34", 15), ("37", 15), ("6011", 16), ("3530", 16),
    ("622202", 19), ("621700", 19), ("6217", 19), ("6222", 16), ("6259", 16), ("623052", 19), ("6228", 19),
)  # fmt: skip


def card(rng: random.Random) -> str:
    """A card number as people write it."""
    start, length = rng.choice(CARD_STARTS)
    digits = luhn(start + "".join(rng.choices("0123456789", k=length - len(start) - 1)))
    joint = rng.choice(["", "", " ", " ", "-", ".", "\n", "\u00a0", " - ", "  "])
    if joint:
        sizes = [4, 6, 5] if length == 15 else [6, 13] if length == 19 and rng.random() < 0.3 else [4] * 5
        groups, rest = list[str](), digits
        for size in sizes:
            groups, rest = [*groups, rest[:size]], rest[size:]
        digits = joint.join(group for group in groups if group)
    forms = ["0123456789"] * 4 + ["０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९"]
    return digits.translate(str.maketrans("0123456789", rng.choice(forms)))


def resident_id(rng: random.Random) -> str:
    """A resident id with its check digit, or an old one."""
    start = rng.choice(["110105", "310104", "440305", "510107", "320583", "610113", "330106", "420111"])
    day = f"{rng.randrange(1955, 2005)}{rng.randrange(1, 13):02}{rng.randrange(1, 29):02}"
    tail = f"{rng.randrange(1000):03}"
    if rng.random() < 0.15:
        return f"{start}{day[2:]}{tail}"
    digits = start + day + tail
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    check = "10X98765432"[sum(int(one) * by for one, by in zip(digits, weights, strict=True)) % 11]
    check = check.lower() if rng.random() < 0.3 else check
    joint = rng.choice(["", "", "", " ", "-"])
    return joint.join([start, day, tail + check])


def password(rng: random.Random) -> str:
    """What people take for a password."""
    name = rng.choice(
        [
            "panda",
            "Xiaoming",
            "liwei",
            "Dragon",
            "summer",
            "qwerty",
            "Sunshine",
            "zhang",
            "MyWallet",
            "iloveyou",
            "Bitcoin",
        ]
    )
    number = rng.choice(["123", "2020", "88", "1990", "520", "007", "19951212", "42"])
    mark = rng.choice(["", "", "!", "@", "#", "_", "$", "%"])
    return rng.choice(
        [
            name + number,
            name + mark + number,
            name + number + mark,
            number + name,
            name.title() + "@" + number,
            "aB3$xY9!",
        ]
    )


def otp(rng: random.Random) -> str:
    """A one-time code."""
    digits = f"{rng.randrange(10**6):06}"
    return rng.choice(
        [digits] * 6 + [f"{digits[:3]} {digits[3:]}", f"{digits[:3]}-{digits[3:]}", digits[:4], f"G-{digits}"]
    )


def pin(rng: random.Random) -> str:
    """A PIN of four or six digits."""
    return f"{rng.randrange(10**6):06}" if rng.random() < 0.6 else f"{rng.randrange(10**4):04}"


def cvv(rng: random.Random) -> str:
    """The code on the back of a card."""
    return f"{rng.randrange(1000):03}" if rng.random() < 0.85 else f"{rng.randrange(10**4):04}"


def expiry(rng: random.Random) -> str:
    """The month in which a card expires."""
    month, year = rng.randrange(1, 13), rng.randrange(25, 36)
    return rng.choice(
        [f"{month:02}/{year}"] * 4
        + [f"{month:02}/20{year}", f"{month:02}-{year}", f"{month}/{year}", f"{month:02} / {year}"]
    )


def phone(rng: random.Random) -> str:
    """A telephone number, most often a Chinese mobile one."""
    digits = f"1{rng.choice('35789')}{rng.randrange(10**9):09}"
    spaced = f"{digits[:3]} {digits[3:7]} {digits[7:]}"
    foreign = [
        f"+1 415-555-{rng.randrange(10**4):04}",
        f"+44 20 7946 {rng.randrange(10**4):04}",
        f"+65 9{rng.randrange(10**7):07}",
    ]
    return rng.choice(
        [digits, digits, digits, spaced, spaced.replace(" ", "-"), f"+86 {digits}", f"+86{digits}", *foreign]
    )


def email(rng: random.Random) -> str:
    """An e-mail address."""
    name = rng.choice(["maria.lopez", "li_wei88", "support+me", "zhang.san", "bob1990"])
    return f"{name}@{rng.choice(['example.com', 'mail.example.org', 'qq.com', 'gmail.com', '163.com'])}"


MAKERS: Final[dict[str, Maker]] = {
    "privkey": hex_key, "wif": wif, "xprv": xprv, "keystore": keystore, "id_cn": resident_id, "password": password,
    "otp": otp, "pin": pin, "card": card,
}  # fmt: skip


def positives(seed: int, each: int = 300) -> Iterator[Sample]:
    """Messages with secrets, `each` of every kind."""
    rng = random.Random(seed)
    for _ in range(each):
        yield said(rng, sayings.PHRASE, mnemonic=english_phrase(rng), kind="mnemonic")
        yield said(rng, sayings.PHRASE, mnemonic=chinese_phrase(rng), kind="mnemonic")
        for kind, maker in MAKERS.items():
            yield said(rng, sayings.SAYINGS[kind], **{kind: maker(rng)}, kind=kind)
        whole = {"card": card(rng), "cvv": cvv(rng), "expiry": expiry(rng)}
        for kind in ("cvv", "expiry"):
            yield said(rng, sayings.SAYINGS[kind], **whole, kind=kind)
        yield said(rng, sayings.CONTACT, pii=rng.choice([phone, phone, email])(rng), kind="pii")


def said(rng: random.Random, templates: tuple[str, ...], *, kind: str, **secrets: str) -> Sample:
    """A message by a template, in which `{type}` stands for the secrets."""
    template = rng.choice(templates)
    text, spans = "", list[tuple[int, int, str]]()
    for part in template.replace("}", "{").split("{"):
        if part in secrets:
            spans.append((len(text), len(text) + len(secrets[part]), part))
            part = secrets[part]  # noqa: PLW2901
        text += part
    return Sample(text, tuple(spans), kind)


def negatives(seed: int, count: int = 3_000) -> Iterator[Sample]:
    """Messages of wallet talk that must pass as they are."""
    rng = random.Random(seed)
    for _ in range(count):
        template = rng.choice(sayings.CLEAN)
        yield Sample(sayings.filled(rng, template))
