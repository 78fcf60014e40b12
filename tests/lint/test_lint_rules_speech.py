"""What callers hear: markup, length, nudges; and whether the models can say it."""

from __future__ import annotations

import pytest
from rule_probe import findings, marks

from agentconf.lint import catalogue as catalogues
from agentconf.lint.catalogue import Model, Voice, base_language, catalogue, family

GOODBYE = """\
tools:
  - type: template
    template: hangup
    execution_policy: {pre_action_message: {enabled: true, text: '**Bye**'}}
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("greeting: '**Welcome** to us.'", ["warning **Welcome**"]),
        ("greeting: 'Say `yes`.'", ["warning `yes`"]),
        ("greeting: 'See [us](https://a.example.com).'", ["warning https://a.example.com)."]),
        ("greeting: '[us](page)'", ["warning [us](page)"]),
        ("greeting: |\n  # Welcome\n  Hi.\n", ["warning # Welcome"]),
        ("greeting: |\n  Choose:\n  - one\n  - two\n", ["warning - one"]),
        ("greeting: 'We have 3 * 4 rooms and 2*3 halls, a_b_c - and more.'", []),
        ("greeting: 'Dial #5 - or say no. 1) one 2) two'", []),
        ("greeting: 'Hello {{a_b}}, {{c_d}} here.'", []),
        ("greeting: 'Book at www.example.com today.'", ["warning www.example.com"]),
        ("greeting: 'Book at example.com today.'", []),
        ("greeting: 'Hello 😀.'", ["warning 😀"]),
        ("greeting: 'Hello ☎ you.'", ["warning ☎"]),
        ("greeting: 'Grüß Gott — „Praxis“ … 50 % für 3 €, ½, ©, №'", []),
        ("greeting: 'こんにちは。お電話ありがとうございます。'", []),
        ("inbound_greeting: 'Hi 😀.'\noutbound_greeting: '*Hi*.'", ["warning 😀"]),
        ("system_prompt: '# Role\n\n- **kind** 😀 https://a.example.com'", []),
        (
            "idle_nudges: {first_nudge_text: 'There? 🙂', second_nudge_text: b, final_hangup_text: c}",
            ["warning 🙂"],
        ),
        (GOODBYE, ["warning **Bye**"]),
    ],
)
def test_what_cannot_be_spoken(text: str, expected: list[str]) -> None:
    assert marks("AC212", text) == expected


def test_markup_is_told_once_a_text_and_says_what_to_do() -> None:
    (finding,) = findings("AC212", "greeting: '**a** **b** https://a.example.com 😀'")
    assert (finding.message, finding.help) == (
        "`greeting` is spoken, and holds a URL",
        "say where to find it in words, or send it another way",
    )


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (f"greeting: {'word ' * 30}", 0),
        (f"greeting: {'word ' * 40}", 1),
        (f"language: ja\ngreeting: {'あ' * 80}", 0),
        (f"language: ja\ngreeting: {'あ' * 90}", 1),
        (f"language: zh-Hant\ngreeting: {'你' * 60}", 1),
        ("greeting: Hi {{a}}.\ntemplate_defaults: {a: " + "x" * 200 + "}", 0),
        (
            "greeting: "
            + "Hello there, my friend. " * 2
            + "{{a}}.\ntemplate_defaults: {a: "
            + "x " * 90
            + "}",
            1,
        ),
        ("greeting: Hi " + ("{{" + "a" * 60 + "}} ") * 3, 0),
        (f"inbound_greeting: {'word ' * 40}\noutbound_greeting: {'word ' * 40}", 2),
    ],
)
def test_greetings_that_take_too_long(text: str, count: int) -> None:
    assert len(findings("AC213", text)) == count


@pytest.mark.parametrize(
    ("delays", "expected"),
    [
        ("first_nudge_delay_seconds: 20, second_nudge_delay_seconds: 10", ["info 10"]),
        ("first_nudge_delay_seconds: 40", ["info 40"]),
        ("second_nudge_delay_seconds: 14", ["info 14"]),
        ("second_nudge_delay_seconds: 15", []),
        ("hangup_delay_seconds: 1", []),
    ],
)
def test_nudges_out_of_step(delays: str, expected: list[str]) -> None:
    texts = "first_nudge_text: a, second_nudge_text: b, final_hangup_text: c"
    assert marks("AC406", f"idle_nudges: {{{texts}, {delays}}}") == expected


def models(**fields: str) -> str:
    given = {
        "stt": "'slng/deepgram/nova:3-en'",
        "llm": "groq/openai/gpt-oss-120b",
        "tts": "'slng/deepgram/aura:2-en'",
        "tts_voice": "aura-2-thalia-en",
    } | fields
    return "models: {" + ", ".join(f"{name}: {value}" for name, value in given.items()) + "}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (models(fallbacks="{llm: [groq/openai/gpt-oss-120b]}"), ["warning groq/openai/gpt-oss-120b"]),
        (models(fallbacks="{llm: [a/b, c/d, a/b]}"), ["warning a/b"]),
        (models(fallbacks="{stt: ['slng/deepgram/nova:3-multi']}"), []),
        (
            models(fallbacks="{tts: [{model: 'slng/deepgram/aura:2-en', voice: aura-2-thalia-en}]}"),
            ["warning {model: 'slng/deepgram/aura:2-en', voice: aura-2-thalia-en}"],
        ),
        (models(fallbacks="{tts: [{model: 'slng/deepgram/aura:2-en', voice: aura-2-asteria-en}]}"), []),
        (models(), []),
    ],
)
def test_fallbacks_that_are_none(text: str, expected: list[str]) -> None:
    assert marks("AC405", text) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en-GB", models(), []),
        ("de", models(), ["warning 'slng/deepgram/nova:3-en'", "warning 'slng/deepgram/aura:2-en'"]),
        ("de", models(stt="a/b", tts="a/c"), []),
        (
            "de",
            models(stt="'slng/deepgram/nova:3-multi'", tts="'deepgram/aura:2'"),
            ["warning aura-2-thalia-en"],
        ),
        (
            "de",
            models(
                stt="'slng/deepgram/nova:3-multi'", tts="'deepgram/aura:2'", tts_voice="aura-2-viktoria-de"
            ),
            [],
        ),
        (
            "de",
            models(
                stt="'slng/deepgram/nova:3-multi'",
                tts="'elevenlabs/eleven:3'",
                fallbacks="{stt: ['slng/deepgram/nova:3-hi']}",
            ),
            ["warning 'slng/deepgram/nova:3-hi'"],
        ),
        ("nonsense", models(), []),
        ("''", models(), []),
    ],
)
def test_models_of_another_language(language: str, text: str, expected: list[str]) -> None:
    assert catalogue() is not None, "the tests need the extra `catalogue`"
    assert marks("AC403", f"language: {language}\n{text}") == expected


@pytest.mark.parametrize(
    ("text", "expected", "advice"),
    [
        (models(), [], []),
        (
            models(stt="'slng/depgram/nova:3-en'"),
            ["warning 'slng/depgram/nova:3-en'"],
            ["did you mean `slng/deepgram/nova:3-en`? if not, add it to `platform.models`"],
        ),
        (
            models(stt="'soniox/speech-ai:rt-v99'"),
            ["info 'soniox/speech-ai:rt-v99'"],
            ["add it to `platform.models` if it is right"],
        ),
        (
            models(tts_voice="aura-2-talia-en"),
            ["warning aura-2-talia-en"],
            ["did you mean `aura-2-thalia-en`?"],
        ),
        (
            models(stt="'slng/deepgram/aura:2-en'"),
            ["warning 'slng/deepgram/aura:2-en'"],
            ["the two may have been mixed up"],
        ),
        (models(tts="'elevenlabs/eleven:3'", tts_voice="anything"), [], []),
        (models(stt="''", tts_voice="''"), [], []),
        (models(llm="nobody/knows"), [], []),
    ],
)
def test_what_the_catalogue_does_not_know(text: str, expected: list[str], advice: list[str]) -> None:
    assert marks("AC404", text) == expected
    assert [finding.help for finding in findings("AC404", text)] == advice


@pytest.mark.parametrize("code", ["AC403", "AC404"])
def test_without_the_catalogue_nothing_is_said(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogues, "find_spec", lambda _name: None)
    catalogue.cache_clear()
    try:
        assert findings(code, "language: de\n" + models(stt="'slng/depgram/nova:3-en'")) == []
    finally:
        monkeypatch.undo()
        catalogue.cache_clear()


def test_the_catalogue_is_read_without_importing_the_package() -> None:
    import subprocess  # noqa: PLC0415
    import sys  # noqa: PLC0415

    code = (
        "import sys\n"
        "from agentconf.lint.catalogue import catalogue\n"
        "assert len(catalogue()) > 10\n"
        "assert not {'voiceai_sdk', 'httpx'} & set(sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_models_know_their_family_and_tags_their_language() -> None:
    assert (family("soniox/speech-ai:rt-v4"), family("openai/x")) == ("soniox/speech-ai", "openai/x")
    model = Model("a/b:1", "tts", None, lambda _model: [{"voiceId": "v"}])
    assert (model.family, model.voices) == ("a/b", {"v": Voice("v", None)})
    assert [base_language(tag) for tag in ("pt-BR", "pt_BR", "EN", "zh-Hant")] == ["pt", "pt", "en", "zh"]
