"""`conversation.search`: what texts are found by."""

import pytest

from chatserver.conversation.search import QUERY_TOKENS, TOKEN_LENGTH, query_tokens, tokens


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hello, World!", ["hello", "world"]),
        ("提现", ["提", "现", "提现"]),
        ("提现慢", ["提", "现", "慢", "提现", "现慢"]),
        ("我的USDT没到账", ["我", "的", "我的", "usdt", "没", "到", "账", "没到", "到账"]),
        ("０ｘＡＢ　ＵＳＤＴ", ["0xab", "usdt"]),  # full-width forms are the plain ones
        ("Straße ﬁn", ["strasse", "fin"]),
        ("it's 1,234.50", ["it", "s", "1", "234", "50"]),
        ("café", ["café"]),
        ("カタカナ", ["カ", "タ", "カ", "ナ", "カタ", "タカ", "カナ"]),
        ("한국", ["한", "국", "한국"]),
        ("𠮷野", ["𠮷", "野", "𠮷野"]),
        ("🙂 !!! …", []),
        ("", []),
        ("snake_case", ["snake", "case"]),
        ("тест", ["тест"]),
    ],
)
def test_a_text_is_found_by_words_characters_and_pairs(text: str, found: list[str]) -> None:
    assert tokens(text) == found


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("提现", ["提现"]),
        ("提", ["提"]),
        ("提现不到账", ["提现", "现不", "不到", "到账"]),
        ("提现 慢", ["提现", "慢"]),
        ("USDT提现 usdt", ["usdt", "提现"]),
        ("?", []),
    ],
)
def test_a_query_wants_words_and_pairs_each_once(query: str, wanted: list[str]) -> None:
    assert query_tokens(query) == wanted


@pytest.mark.parametrize("text", ["我的USDT没到账，TX 0xdeadBEEF", "Straße ﬁn café", "提 现", "ＡＢＣ中文 １２３"])
def test_every_text_is_found_by_itself(text: str) -> None:
    assert set(query_tokens(text)) <= set(tokens(text))


def test_no_token_holds_anything_that_a_query_language_could_read() -> None:
    hostile = "\"a\" OR 'b'; DROP -- :* NEAR(c) {d} \\e & | ! ( ) ^f g* \x00 ..."
    assert all(token.isalnum() for token in [*tokens(hostile), *query_tokens(hostile)])


def test_an_endless_query_costs_no_more_than_a_long_one() -> None:
    assert len(query_tokens(" ".join(f"w{number}" for number in range(5_000)))) == QUERY_TOKENS


def test_an_endless_word_is_found_by_its_beginning() -> None:
    assert tokens("x" * 5_000) == query_tokens("x" * 5_000) == ["x" * TOKEN_LENGTH]
