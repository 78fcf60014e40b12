from __future__ import annotations

import re
from dataclasses import replace

import pytest
from golden import check
from sample_plans import FULL, HOSTILE, NOTHING, PROMPT, ROUTER, change, create, delete, plan, update

from agentconf.model.impact import Impact
from agentconf.model.secret import SecretRef
from agentconf.plan.change import ABSENT, Origin
from agentconf.plan.plan import Blocker, Note, Plan
from agentconf.report.ink import cells
from agentconf.report.plan_text import render

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def text(given: Plan, *, width: int = 100, verbose: bool = False) -> str:
    return render(given, colour=False, width=width, next_command=None, verbose=verbose)


def lines(given: Plan, **options: bool) -> list[str]:
    return text(given, **options).splitlines()


def test_a_plan_reads_as_agreed() -> None:
    check("plan.txt", render(FULL, colour=False, width=100, next_command="agentconf apply -e staging"))


def test_a_plan_reads_as_agreed_in_colour() -> None:
    check("plan_colour.txt", render(FULL, colour=True, width=100, next_command="agentconf apply -e staging"))


def test_a_plan_reads_as_agreed_on_a_narrow_terminal() -> None:
    check("plan_narrow.txt", render(FULL, colour=False, width=50, next_command="agentconf apply -e staging"))


def test_a_verbose_plan_reads_as_agreed() -> None:
    check("plan_verbose.txt", text(FULL, verbose=True))


def test_a_plan_without_changes_reads_as_agreed() -> None:
    check("plan_nothing.txt", text(NOTHING))


def test_colour_adds_nothing_but_colour() -> None:
    painted = render(FULL, colour=True, width=100, next_command="agentconf apply")
    assert ANSI.sub("", painted) == render(FULL, colour=False, width=100, next_command="agentconf apply")
    assert painted != ANSI.sub("", painted)


def test_the_same_plan_gives_the_same_text() -> None:
    assert text(FULL) == text(FULL)


@pytest.mark.parametrize(
    ("agents", "compared", "expected"),
    [
        (0, 0, "No changes. No agents are declared."),
        (1, 1, "No changes. 1 agent is as declared."),
        (1204, 1204, "No changes. 1,204 agents are as declared."),
        (3, 0, "No changes. None of the declared agents was compared."),
        (3, 1, "No changes. 1 of 3 agents is as declared; the rest was not compared."),
        (2000, 1204, "No changes. 1,204 of 2,000 agents are as declared; the rest was not compared."),
    ],
)
def test_an_empty_plan_counts_only_what_was_compared(agents: int, compared: int, expected: str) -> None:
    keys = tuple(f"agent-{number}" for number in range(compared))
    assert lines(plan(agents=agents, unchanged=keys))[-1] == expected


@pytest.mark.parametrize(
    ("unmanaged", "expected"),
    [
        ((), "Plan: 0 to create, 1 to change, 0 to delete, 4 unchanged."),
        (
            ("x",),
            "Plan: 0 to create, 1 to change, 0 to delete, 4 unchanged. 1 live agent is not managed here.",
        ),
        (
            ("x", "y"),
            "Plan: 0 to create, 1 to change, 0 to delete, 4 unchanged. 2 live agents are not managed here.",
        ),
    ],
)
def test_the_summary_counts_what_is_not_managed(unmanaged: tuple[str, ...], expected: str) -> None:
    assert lines(plan(update("a", change("language", "en", "de")), unmanaged=unmanaged))[-1] == expected


def test_the_next_command_stands_last() -> None:
    shown = render(FULL, colour=False, width=100, next_command="agentconf apply plan.json")
    assert shown.endswith("\nNext: agentconf apply plan.json\n")
    assert "Next:" not in text(FULL)


def test_an_organisation_that_is_not_known_is_said_to_be_so() -> None:
    assert (
        lines(plan(organisation=None))[0]
        == "Staging · organisation not known yet · 4 agents in files, 4 live"
    )


def test_a_short_organisation_is_not_cut() -> None:
    assert "organisation acme ·" in lines(plan(organisation="acme"))[0]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("en", "de", "en → de"),
        (ABSENT, "de", "added: de"),
        ("en", ABSENT, "removed: en"),
        (None, "x", "null → x"),
        (True, False, "true → false"),
        ("", "x", '"" → x'),
        (" x", "x", '" x" → x'),
        ("1", 1, '"1" → 1'),
        (1, True, "1 → true"),
        ("true", "yes", '"true" → yes'),
        ("+14155550100", "+14155550101", "+14155550100 → +14155550101"),
        (10, 7.5, "10 → 7.5"),
        ([], ["a", "b"], '[] → ["a", "b"]'),
        ({}, {"a": {"b": [1]}}, '{} → {"a": {"b": [1]}}'),
        ("Grüße", "こんにちは", "Grüße → こんにちは"),
        (ABSENT, SecretRef("CRM_TOKEN"), "added: ${env:CRM_TOKEN}"),
        ({"type": "hmac"}, {"type": "bearer"}, '{"type": "hmac"} → {"type": "bearer"}'),
    ],
)
def test_a_short_change_stands_in_one_line(before: object, after: object, expected: str) -> None:
    assert lines(plan(update("a", change("field", before, after))))[3] == f"    field  {expected}"


@pytest.mark.parametrize(
    "path",
    ["slng_api_key", "tools.look_up.auth.token", "tools.look_up.auth.secret", "tools.look_up.auth.password"],
)
def test_a_literal_in_a_write_only_place_never_shows(path: str) -> None:
    shown = text(plan(update("a", change(path, ABSENT, "hunter2-literal"))), verbose=True)
    assert "hunter2-literal" not in shown
    assert "***" in shown


def test_a_literal_secret_inside_an_object_never_shows() -> None:
    auth = {"type": "bearer", "token": "hunter2-literal"}
    operation = update(
        "a", change("tools.x.auth", {"type": "bearer"}, auth), change("tools.y", ABSENT, {"auth": auth})
    )
    assert "hunter2-literal" not in text(plan(operation), verbose=True)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            {"type": "hmac"},
            {"type": "bearer", "token": SecretRef("CRM_TOKEN")},
            "hmac → bearer (${env:CRM_TOKEN})",
        ),
        (ABSENT, {"type": "hmac", "secret": SecretRef("KEY")}, "added: hmac (${env:KEY})"),
        ({"type": "bearer"}, ABSENT, "removed: bearer"),
        ({"type": "bearer"}, {"type": "bearer", "token": "literal"}, "bearer → bearer (***)"),
        ({"type": "bearer", "token": None}, {"type": "hmac"}, "bearer → hmac"),
        (
            {"type": "hmac"},
            {"type": "oauth", "client": SecretRef("CLIENT"), "scope": {"a": "literal"}},
            "hmac → oauth (client: ${env:CLIENT}, scope: ***)",
        ),
        ({"odd": "literal"}, {"type": 5}, '{"odd": "***"} → {"type": 5}'),
        ({"type": "\x1b[2J"}, {"type": "hmac"}, "\\x1b[2J → hmac"),
    ],
)
def test_auth_is_shown_by_type_with_its_reference(before: object, after: object, expected: str) -> None:
    shown = lines(plan(update("a", change("tools.x.auth", before, after))))
    assert shown[3:5] == ["    tools / x", f"      auth  {expected}"]


def test_an_address_that_takes_a_secret_along_says_so_beside_it() -> None:
    moved = change(
        "tools.x.url",
        "https://a.example.com",
        "https://b.example.com",
        Impact.DATA,
        Impact.CREDENTIAL,
        note="its stored secret goes along",
    )
    shown = text(plan(update("a", moved)), width=120).splitlines()
    assert shown[4].startswith("      url  https://a.example.com → https://b.example.com  ")
    assert shown[4].endswith("  its stored secret goes along; data, credential")


def test_lists_inside_are_named_by_index() -> None:
    path = ("models", "fallbacks", "stt", 0)
    assert (
        lines(plan(update("a", replace(change("x", "a", "b"), path=path))))[3]
        == "    models.fallbacks.stt[0]  a → b"
    )


def test_a_text_shows_its_words_once_and_never_as_a_whole() -> None:
    shown = text(plan(ROUTER))
    assert shown.count("{+upset or asks twice+}") == 1
    assert "about orders by yourself" in shown
    assert "You are the support agent" not in shown


def test_words_are_marked_the_same_way_at_any_width() -> None:
    wide = text(
        plan(update("a", change("greeting", "x " * 40 + "old end", "x " * 40 + "new end"))), width=400
    )
    assert "… x x x x x x x x [-old-]{+new+} end\n" in wide


def test_distant_changes_of_a_text_are_parted_by_one_ellipsis() -> None:
    middle = " word" * 40
    before, after = f"one{middle} two{middle}", f"eins{middle} zwei{middle}"
    shown = text(plan(update("a", change("system_prompt", before, after))), width=300)
    expected = (
        "[-one-]{+eins+} word word word word word word word word … word word word word word word word word "
    )
    assert f"      {expected}[-two-]{{+zwei+}} word word word word word word word word …\n" in shown


def test_a_rewritten_prompt_is_cut_with_a_hint() -> None:
    before, after = "old " * 500, "new " * 500
    shown = text(plan(update("a", change("system_prompt", before, after))), width=200)
    assert "… 1,599 more characters-]" in shown
    assert "… 1,599 more characters+}" in shown
    assert len(shown) < 1400


def test_a_verbose_plan_cuts_nothing() -> None:
    shown = text(plan(update("a", change("system_prompt", "old " * 500, "new " * 500))), verbose=True)
    assert shown.count("old") == shown.count("new") == 500
    assert "more characters" not in shown


def test_a_text_that_comes_or_goes_is_marked_as_a_whole() -> None:
    shown = text(plan(update("a", change("inbound_greeting", ABSENT, "Hello there. " * 10))), width=300)
    assert "{+Hello there. Hello" in shown
    shown = text(plan(update("a", change("inbound_greeting", "Hello there. " * 10, ABSENT))), width=300)
    assert "[-Hello there. Hello" in shown


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("keep these words and lose the end", "keep these words", "keep these words[- and lose the end-]"),
        ("keep these words", "keep these words and more", "keep these words{+ and more+}"),
        ("one\ntwo\n", "one\nthree\n", "      [-two-]{+three+}"),
        ("one\n\n", "one\ntwo\n\n", "      {+two"),
    ],
)
def test_only_what_changed_is_marked(before: str, after: str, expected: str) -> None:
    start = "The first line that stays as it is, long enough to be a passage.\n"
    shown = text(plan(update("a", change("greeting", start + before, start + after))))
    assert expected in shown
    assert "[--]" not in shown
    assert "{++}" not in shown


def test_long_json_is_compared_word_by_word() -> None:
    before = {
        "type": "object",
        "properties": {"order_id": {"type": "string", "description": "Number of the order"}},
    }
    after = {
        "type": "object",
        "properties": {"order_id": {"type": "string", "description": "Number of the parcel"}},
    }
    shown = text(plan(update("a", change("tools.x.parameters", before, after))), width=300)
    assert "[-order-]{+parcel+}" in shown


def test_indentation_of_a_text_survives() -> None:
    before = "List:\n  - one\n    - two\n"
    shown = text(plan(update("a", change("system_prompt", before, before.replace("two", "three")))))
    assert "          - [-two-]{+three+}" in shown.splitlines()


def test_no_line_of_a_narrow_plan_is_wider_than_the_terminal() -> None:
    body = text(
        plan(update("a", change("system_prompt", PROMPT, PROMPT.replace("caller", "customer")))), width=60
    )
    assert max(cells(line) for line in body.splitlines()[2:-2]) <= 60


def test_wide_characters_take_two_columns() -> None:
    before = "こんにちは。" * 30
    body = text(plan(update("a", change("greeting", before, "おはよう。" + before))), width=60)
    assert all(cells(line) <= 60 or " " not in line.strip() for line in body.splitlines()[2:-2])


def test_a_rename_shows_both_names_once() -> None:
    shown = text(FULL)
    assert "! clinic-router  Old Clinic → Clinic Router" in shown
    assert shown.count("Old Clinic") == 1


def test_drift_stands_first_among_the_impacts_and_in_the_summary() -> None:
    drifted = replace(change("language", "en", "de", Impact.SPEECH), origin=Origin.BOTH)
    shown = lines(plan(update("a", drifted)))
    assert shown[2].startswith("! a ")
    assert shown[2].endswith("drift, speech")
    assert shown[3].endswith("changed here and in the dashboard")
    assert "1 to change (1 drifted)" in shown[-1]


def test_a_single_impact_is_said_once() -> None:
    shown = text(plan(update("a", change("language", "en", "de", Impact.SPEECH))))
    assert shown.count("speech") == 1


def test_several_impacts_are_said_of_each_change() -> None:
    shown = lines(
        plan(
            update(
                "a",
                change("language", "en", "de", Impact.SPEECH),
                change("region", "us-east", "eu-central", Impact.DATA, note="default"),
            )
        )
    )
    assert shown[2].endswith("data, speech")
    assert shown[3].endswith("speech")
    assert shown[4].endswith("default; data")


def test_a_creation_is_summed_up() -> None:
    shown = lines(plan(create("a", {"name": "A", "tools": [{"type": "template", "template": "hangup"}]})))
    assert shown[2].endswith("new: 1 tool")
    assert shown[3:5] == ["    name            A", "    tools / hangup  template hangup"]


def test_a_bare_creation_is_just_new() -> None:
    assert lines(plan(create("a", {"name": "A"})))[2].endswith(" new")


def test_a_verbose_creation_lists_every_field() -> None:
    shown = text(plan(create("a", {"name": "A", "language": "en", "greeting": "Hi"})), verbose=True)
    assert "    greeting  added: Hi\n" in shown


@pytest.mark.parametrize(
    ("tool", "expected"),
    [
        (
            {"type": "webhook", "name": "x", "url": "https://a.example.com"},
            "webhook, POST https://a.example.com",
        ),
        ({"type": "webhook", "name": "x", "http_method": "PUT", "url": "u"}, "webhook, PUT u"),
        ({"type": "human_transfer", "name": "x", "phone_number": "+1"}, "human_transfer to +1"),
        ({"type": "built_in", "built_in": "current_datetime"}, "built_in current_datetime"),
        ({"type": "mcp", "name": "x"}, "mcp"),
        ({"type": "template"}, "template"),
        ({"type": "mcp", "system": {"triggers": None}}, "mcp"),
        (
            {"type": "mcp", "system": {"triggers": ["odd", {"event": "call_start"}]}},
            "mcp, runs on call_start",
        ),
    ],
)
def test_a_tool_that_comes_is_summed_up(tool: dict[str, object], expected: str) -> None:
    assert lines(plan(update("a", change("tools.x", ABSENT, tool))))[3] == f"    tools / x  added: {expected}"


def test_a_tool_of_another_type_is_shown_as_before_and_after() -> None:
    before, after = (
        {"type": "template", "template": "hangup"},
        {"type": "built_in", "built_in": "current_datetime"},
    )
    shown = lines(plan(update("a", change("tools.x", before, after))))
    assert shown[3] == "    tools / x  template hangup → built_in current_datetime"


def test_two_tools_that_sum_up_alike_are_shown_exactly() -> None:
    before = {"type": "template", "template": "hangup", "prompt": "a"}
    shown = text(plan(update("a", change("tools.x", before, before | {"prompt": "b"}))), width=300)
    assert '"prompt": "a"} → {"type"' in shown


def test_a_deletion_names_what_goes() -> None:
    shown = lines(plan(delete("old-agent", "Old Agent")))
    assert shown[2].startswith("- old-agent ")
    assert shown[2].endswith("deleted; safety, routing")
    assert shown[3].split() == ["name", "Old", "Agent"]
    assert shown[4].split()[0] == "id"


def test_an_agent_without_a_file_goes_by_its_name() -> None:
    operation = delete("old", "Old Agent")
    assert operation.live is not None
    assert lines(plan(replace(operation, key=operation.live.id)))[2].startswith("- Old Agent ")


def test_a_deletion_that_lists_nothing_is_shown_all_the_same() -> None:
    assert lines(plan(replace(delete("a", "A"), changes=())))[2].endswith(" deleted")


def test_blockers_are_never_cut() -> None:
    message = "these agents would be deleted: " + ", ".join(f"`agent-{number}`" for number in range(300))
    shown = text(plan(blockers=(Blocker("deletions", message, "allow it with --max-deletes 300"),)), width=80)
    assert all(f"`agent-{number}`" in shown for number in range(300))
    assert "    help: allow it with --max-deletes 300\n" in shown


def test_a_blocker_shows_even_when_nothing_changes() -> None:
    shown = lines(replace(NOTHING, blockers=(Blocker("organisation", "another organisation answered"),)))
    assert shown[2:4] == ["Blocked:", "  organisation: another organisation answered"]


def test_notes_of_one_kind_stand_together() -> None:
    notes = (Note("not-covered", "one"), Note("new-kind", "two."), Note("not-covered", "three", "a"))
    assert lines(plan(notes=notes), verbose=True)[-4:] == [
        "Not covered:",
        "  one",
        "  three [a]",
        "New kind: two.",
    ]


def test_what_is_not_covered_is_one_line_until_the_reasons_are_asked_for() -> None:
    notes = (Note("not-covered", "one (since it is so)"), Note("not-covered", "three (of old)", "a"))
    assert lines(plan(notes=notes))[-1] == "Not covered: one; three [a]. (-v says why.)"


def test_a_note_of_many_agents_names_a_few() -> None:
    notes = tuple(Note("left-alone", "trunk is attached", f"agent-{number}") for number in range(1204))
    expected = "Left alone: trunk is attached [agent-0, agent-1, agent-2 and 1,201 more]."
    assert lines(plan(notes=notes))[-1] == expected


def test_secrets_that_an_apply_will_read_are_one_line() -> None:
    assert lines(plan(notes=(Note("checked-at-apply", "CRM_TOKEN, SLNG_API_KEY"),)))[-1] == (
        "Checked at apply: CRM_TOKEN, SLNG_API_KEY."
    )


def test_an_agent_that_is_not_live_is_a_note() -> None:
    note = Note("not-live", "`a` is not live: there is nothing to delete", "a")
    assert lines(plan(notes=(note,)))[-1] == "Note: `a` is not live: there is nothing to delete."


@pytest.mark.parametrize("width", [40, 60, 80])
def test_sentences_break_between_words_at_any_width(width: int) -> None:
    words = " ".join(f"`word-{number}`" for number in range(60))
    given = plan(
        update("a", change("language", "en", "de")),
        unmanaged=("x", "y"),
        notes=(Note("left-alone", words), Note("not-live", words, "b"), Note("not-live", f"{words} more")),
        blockers=(Blocker("deletions", words, words),),
    )
    for verbose in (False, True):
        shown = text(given, width=width, verbose=verbose)
        assert max(cells(line) for line in shown.splitlines()) <= width
        assert all(" ".join(shown.split()).count(f"`word-{number}`") == 5 for number in range(60))


def test_a_note_that_names_its_agent_does_not_name_it_twice() -> None:
    shown = lines(plan(notes=(Note("suggestion", "`a-b` is already renamed", "a-b"),)))
    assert shown[-1] == "Suggestion: `a-b` is already renamed."


def test_nothing_in_a_text_reaches_the_terminal_as_a_command() -> None:
    hostile = plan(
        update(
            f"key{HOSTILE}",
            change("greeting", HOSTILE, f"{HOSTILE} new"),
            change("language", "\x1b[2J", "\x9b1m"),
            change(f"tools.{HOSTILE.replace('.', '')}.url", "a", HOSTILE, note=HOSTILE),
            renamed_from=HOSTILE,
        ),
        create(
            HOSTILE, {"name": HOSTILE, "greeting": HOSTILE, "tools": [{"type": "webhook", "url": HOSTILE}]}
        ),
        environment=f"e{HOSTILE}",
        organisation=HOSTILE,
        blockers=(Blocker(HOSTILE, HOSTILE, HOSTILE),),
        notes=(Note(HOSTILE, HOSTILE, HOSTILE),),
    )
    shown = render(hostile, colour=False, width=100, next_command=HOSTILE, verbose=True)
    assert [character for character in shown if not character.isprintable() and character != "\n"] == []
    assert "\\x1b[2J → \\x9b1m" in shown
    assert "\\u202emirrored\\u2066" in shown


def test_joined_emoji_and_accents_stay_as_they_are() -> None:
    shown = text(plan(update("a", change("greeting", "x", "👩‍👩‍👧 caf\u00e9 e\u0301"))))
    assert "👩‍👩‍👧 caf\u00e9 e\u0301" in shown


def test_a_lone_surrogate_does_not_stop_the_output() -> None:
    text(plan(update("a", change("greeting", "x", "\ud800")))).encode("utf-8")
