from __future__ import annotations

from agentconf.remote.redact import LONGEST, redact


def test_a_value_is_blanked_out_wherever_it_stands() -> None:
    assert redact("got s3cret and s3cret!", ["s3cret"]) == "got *** and ***!"


def test_quoted_and_encoded_forms_are_blanked_out() -> None:
    value = 'a"b\\c d/é'
    forms = [r"a\"b\\c d/\u00e9", r"a\"b\\c d/é", "a%22b%5Cc%20d/%C3%A9", "a%22b%5Cc%20d%2F%C3%A9"]
    assert [redact(f"<{form}>", [value]) for form in forms] == ["<***>"] * 4


def test_a_value_within_another_leaves_no_rest() -> None:
    assert redact("secret-longer", ["secret", "secret-longer"]) == "***"


def test_very_short_values_would_blank_out_everything_and_are_left() -> None:
    assert redact("a banana", ["a", "", "ban"]) == "a banana"


def test_control_characters_and_line_ends_become_spaces() -> None:
    assert redact("one\x1b[31m\r\n two\x00\u202e", []) == "one [31m two"


def test_a_secret_is_found_before_the_text_is_cut() -> None:
    text = redact("x" * (LONGEST - 5) + "secret-value", ["secret-value"])
    assert len(text) == LONGEST - 2
    assert text.endswith("x***")


def test_long_texts_are_cut() -> None:
    assert redact("x" * 1000, []) == "x" * (LONGEST - 1) + "…"
