"""Contacts, checked as a whole: columns, variables, numbers, zones, deadlines, and what they become."""

from __future__ import annotations

import io
import shlex
import time as clock
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

import pytest

from agentconf.calls.campaign import DAYS, Window
from agentconf.calls.contacts.check import DO_NOT_CALL, MOST_KEPT, Checked, check_contacts
from agentconf.calls.contacts.key import contact_key
from agentconf.calls.contacts.reader import read_contacts
from agentconf.calls.contacts.rules import Rules
from agentconf.errors import ConfigurationError
from agentconf.model.agent import Agent, RuntimeVariable
from agentconf.model.tools import BuiltInTool, HumanTransferTool, TemplateTool, WebhookTool

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentconf.calls.contact import NewContact

ONE, TWO, THREE = "+14155550100", "+14155550101", "+14155550102"
NOW = datetime(2026, 7, 1, 20, tzinfo=UTC).timestamp()
"""A Wednesday, one in the afternoon in California and ten in the evening in Berlin."""

OFFICE = Window(frozenset(DAYS[:5]), time(9), time(18))
RULES = Rules(campaign_id="recall", now=NOW)
LOOKUP = WebhookTool(
    type="webhook",
    name="lookup",
    description="Looks the patient up",
    url="https://example.com/patients/{{patient_id}}?practice={{practice}}",
    parameters={"type": "object"},
)
AGENT = Agent.model_construct(
    system_prompt="You call {{patient_name}} for {{practice}}.",
    greeting="Hello {{patient_name}}, {{note}}",
    template_defaults={"note": "how are you?"},
    runtime_variables=[RuntimeVariable(name="age", description="In years")],
)


def check(text: str, rules: Rules = RULES, *, skip_invalid: bool = False) -> tuple[list[NewContact], Checked]:
    """Check a CSV, or JSONL."""
    rows = read_contacts(io.BytesIO(text.encode()), display="list.csv")
    checked = check_contacts(rows, rules, skip_invalid=skip_invalid)
    return list(checked), checked


def contact(text: str, rules: Rules = RULES) -> NewContact:
    """Check a list with one contact that is good."""
    [found], checked = check(text, rules)
    assert checked.bad == []
    return found


def faults(text: str, rules: Rules = RULES) -> list[tuple[int, str | None, str]]:
    """Check a list; return the lines, columns and messages of what is wrong."""
    return [(bad.line, bad.column, bad.message) for bad in check(text, rules)[1].bad]


def helps(text: str, rules: Rules = RULES) -> list[str | None]:
    """Check a list; return what to do about it."""
    return [bad.help for bad in check(text, rules)[1].bad]


def csv(header: str, *rows: str) -> str:
    """Write a CSV."""
    return "\n".join([header, *rows]) + "\n"


def test_a_row_becomes_a_contact() -> None:
    rules = replace(RULES, arguments={"practice": "Greenfield"}, agent=AGENT)
    found = contact(csv("to,id,priority,patient_name,note", f"{ONE},7,-3,Maria,"), rules)
    assert found.key == contact_key("recall", ONE, "7")
    assert (found.line, found.to, found.identity, found.priority) == (2, ONE, "7", -3)
    assert found.arguments == {"practice": "Greenfield", "patient_name": "Maria"}
    assert (found.zones, found.due_at, found.deadline, found.timezone) == ((), NOW, None, None)
    assert found.skipped is None


def test_a_row_s_own_value_comes_before_the_campaign_s() -> None:
    rules = replace(RULES, arguments={"practice": "Greenfield"})
    assert contact(csv("to,practice", f"{ONE},Hillside"), rules).arguments == {"practice": "Hillside"}


def test_a_line_of_json_becomes_a_contact() -> None:
    found = contact(f'{{"to": "{ONE}", "id": 7, "priority": 2, "vip": true}}')
    assert (found.identity, found.priority, found.arguments) == ("7", 2, {"vip": "true"})


def test_counts_are_of_rows_and_problems() -> None:
    rules = replace(RULES, do_not_call=frozenset({TWO}))
    _, checked = check(csv("to,priority", f"{ONE},", f"{TWO},", "x,y", f"{THREE},"), rules)
    counts = (checked.rows, checked.good, checked.bad_rows, checked.excluded, checked.problems)
    assert counts == (4, 2, 1, 1, 2)
    assert not checked.blocked


def test_everything_that_is_wrong_with_every_row_is_told_in_order() -> None:
    text = csv("to,priority,deadline,timezone", "5,x,soon,Mars", f"{ONE},,,", f"{TWO},1.5,,Mars", "a,b")
    assert [(line, column) for line, column, _ in faults(text)] == [
        (2, "to"),
        (2, "priority"),
        (2, "deadline"),
        (2, "timezone"),
        (4, "priority"),
        (4, "timezone"),
        (5, None),
    ]


def test_every_problem_of_a_row_has_its_next_action() -> None:
    text = csv("to,priority,deadline,timezone", "5,x,soon,Mars", "a,b", f"{ONE},,,", f"{ONE},,,")
    assert all(helps(text))


def test_of_very_many_problems_the_first_are_kept() -> None:
    _, checked = check(csv("to", *["x"] * (MOST_KEPT + 5)))
    assert (len(checked.bad), checked.problems, checked.bad_rows) == (MOST_KEPT, MOST_KEPT + 5, MOST_KEPT + 5)


def test_a_header_alone_is_no_contact() -> None:
    contacts, checked = check("to,name\n")
    assert (contacts, checked.rows, checked.blocked) == ([], 0, False)


# Columns


def test_a_column_that_is_no_variable_is_an_error_at_the_header() -> None:
    rules = replace(RULES, variables=frozenset({"patient_name"}))
    text = csv("to,patient_nam", f"{ONE},Maria", f"{TWO},John")
    assert faults(text, rules) == [(1, "patient_nam", "the agent has no variable of this name")]
    assert helps(text, rules) == [
        'did you mean `patient_name`? To leave it out: columns: {patient_nam: "-"}, or --map patient_nam=-'
    ]
    assert check(text, rules)[1].blocked


def test_a_field_is_suggested_too() -> None:
    rules = replace(RULES, variables=frozenset())
    assert helps(csv("to,Priority", f"{ONE},1"), rules) == [
        'did you mean `priority`? To leave it out: columns: {Priority: "-"}, or --map Priority=-'
    ]


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ((), 'it has none; to leave it out: columns: {zzz: "-"}, or --map zzz=-'),
        (
            ("age", "name"),
            'its variables are age, name; to leave it out: columns: {zzz: "-"}, or --map zzz=-',
        ),
        (
            "abcdefghi",
            'its variables are a, b, c, d, e, f, g, h, …; to leave it out: columns: {zzz: "-"}, or --map zzz=-',
        ),
    ],
)
def test_a_column_that_is_like_nothing_is_told_what_there_is(variables: Iterable[str], expected: str) -> None:
    rules = replace(RULES, variables=frozenset(variables))
    assert helps(csv("to,zzz", f"{ONE},1"), rules) == [expected]


def test_the_variables_are_the_agent_s() -> None:
    rules = replace(RULES, agent=AGENT, arguments={"practice": "Greenfield"})
    assert faults(csv("to,patient_name,age,aeg", f"{ONE},Maria,40,"), rules) == [
        (1, "aeg", "the agent has no variable of this name")
    ]


@pytest.mark.parametrize("name", ["phone", "Phone Number", "number", "tel", "MSISDN", "mobile_number"])
def test_a_column_that_is_named_like_a_number_is_told_its_name(name: str) -> None:
    rules = replace(RULES, variables=frozenset())
    text = csv(f"{name},id", f"{ONE},7")
    assert faults(text, rules) == [(1, name, "the column with the numbers to call is named `to`")]
    assert helps(text, rules) == [
        f"rename it to `to`, or map it: columns: {{{name}: to}}, or --map {shlex.quote(f'{name}=to')}"
    ]


def test_a_second_column_of_numbers_is_a_column_like_others() -> None:
    rules = replace(RULES, variables=frozenset())
    assert faults(csv("phone,to", f"{ONE},{TWO}"), rules) == [
        (1, "phone", "the agent has no variable of this name")
    ]


def test_without_a_column_of_numbers_no_row_is_looked_at() -> None:
    contacts, checked = check(csv("id,name", "1,Maria", "2,John"), skip_invalid=True)
    assert [bad.message for bad in checked.bad] == ["there is no column `to` with the numbers to call"]
    assert (contacts, checked.blocked, checked.rows, checked.bad_rows) == ([], True, 2, 2)


def test_a_column_can_be_mapped() -> None:
    rules = replace(
        RULES, columns={"Phone": "to", "First name": "patient_name", "Notes": "-", "to": "region"}
    )
    found = contact(csv("Phone,First name,Notes,to", f"{ONE},Maria,left,south"), rules)
    assert (found.to, found.arguments) == (ONE, {"patient_name": "Maria", "region": "south"})


def test_a_bad_cell_is_named_by_its_header() -> None:
    rules = replace(RULES, columns={"Phone": "to"})
    assert [column for _, column, _ in faults(csv("Phone", "x"), rules)] == ["Phone"]


def test_a_column_that_is_mapped_to_nothing_there_is_is_an_error() -> None:
    rules = replace(RULES, columns={"Name": "patient_nam"}, variables=frozenset({"patient_name"}))
    assert faults(csv("to,Name", f"{ONE},Maria"), rules) == [(1, "Name", "the agent has no `patient_nam`")]


def test_a_column_that_is_mapped_and_not_there_is_an_error() -> None:
    rules = replace(RULES, columns={"Phone": "to", "Nmae": "name", "gone": "-"})
    text = csv("Phone,Name", f"{ONE},Maria")
    assert faults(text, rules) == [(1, "Nmae", "there is no such column to be `name`")]
    assert helps(text, rules) == ["did you mean `Name`?"]
    assert helps(csv("Phone,zzz", f"{ONE},Maria"), rules) == ["the header has Phone, zzz"]


def test_two_columns_cannot_be_the_same() -> None:
    rules = replace(RULES, columns={"Phone": "to"})
    assert faults(csv("Phone,to", f"{ONE},{TWO}"), rules) == [(1, None, "`Phone`, `to` are all `to`")]


def test_two_columns_cannot_have_the_same_name() -> None:
    assert faults(csv("to,name,name", f"{ONE},a,b")) == [(1, "name", "2 columns have this name")]


def test_a_column_needs_a_name() -> None:
    assert faults(csv(",to", f"0,{ONE}")) == [(1, None, "column 1 has no name")]


def test_a_platform_without_arguments_takes_no_variables() -> None:
    rules = replace(RULES, takes_arguments=False)
    assert faults(csv("to,id,name", f"{ONE},7,Maria"), rules) == [
        (1, "name", "the platform takes no values for variables")
    ]


def test_a_field_that_is_a_variable_too_is_both() -> None:
    agent = Agent.model_construct(greeting="It is late in {{timezone}}")
    found = contact(csv("to,timezone", f"{ONE},Europe/Berlin"), replace(RULES, agent=agent))
    assert (found.zones, found.arguments) == (("Europe/Berlin",), {"timezone": "Europe/Berlin"})


def test_an_unknown_key_of_json_is_told_once_where_it_stands_first() -> None:
    rules = replace(RULES, variables=frozenset({"name"}))
    text = f'{{"to": "{ONE}"}}\n{{"to": "{TWO}", "nmae": "a"}}\n{{"to": "{THREE}", "nmae": "b"}}'
    assert faults(text, rules) == [(2, "nmae", "the agent has no variable of this name")]
    assert check(text, rules)[1].blocked


def test_a_number_s_key_of_json_is_told_its_name() -> None:
    rules = replace(RULES, variables=frozenset())
    assert faults(f'{{"phone": "{ONE}"}}', rules) == [
        (1, "phone", "the column with the numbers to call is named `to`"),
        (1, "to", "the phone number is empty"),
    ]


def test_two_keys_of_json_cannot_be_the_same() -> None:
    rules = replace(RULES, columns={"name": "patient", "Name": "patient"})
    assert faults(f'{{"to": "{ONE}", "name": "a", "Name": "b"}}', rules) == [
        (1, "name", "`Name` is `patient` too")
    ]


# Numbers


def test_a_number_of_json_is_no_phone_number() -> None:
    text = '{"to": 14155550100}'
    assert faults(text) == [(1, "to", "a phone number is a text, not a number of JSON")]
    assert helps(text) == [f'put it in quotes, with its plus: "{ONE}"']


def test_a_number_is_checked() -> None:
    rules = replace(RULES, regions=frozenset({"US"}), allow=frozenset({"unassigned"}))
    text = csv("to", "4155550100", "+442079460000", "+14150000000", "+49112")
    assert faults(text, rules) == [
        (2, "to", "`4155550100` is not an E.164 number"),
        (3, "to", "`+442079460000` is of GB, and only US is called"),
        (5, "to", "`+49112` is an emergency number or a short code"),
    ]


def test_a_number_stands_in_one_row() -> None:
    text = csv("to,id", f"{ONE},a", f"{TWO},b", f"{ONE},c")
    assert faults(text) == [(4, "to", f"`{ONE}` is in line 2 too")]


def test_a_number_may_stand_in_rows_with_ids() -> None:
    found, checked = check(csv("to,id", f"{ONE},a", f"{ONE},b"), replace(RULES, duplicates=True))
    assert (checked.bad, len({one.key for one in found})) == ([], 2)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("", "b", f"`{ONE}` is in line 2, which has no `id`, too"),
        ("a", "", f"`{ONE}` is in line 2 too"),
        ("", "", f"`{ONE}` is in line 2, which has no `id`, too"),
    ],
)
def test_a_number_in_several_rows_needs_ids(first: str, second: str, expected: str) -> None:
    text = csv("to,id", f"{ONE},{first}", f"{ONE},{second}")
    assert faults(text, replace(RULES, duplicates=True)) == [(3, "id", expected)]


@pytest.mark.parametrize("duplicates", [True, False])
def test_an_id_stands_in_one_row(duplicates: bool) -> None:
    text = csv("to,id", f"{ONE},a", f"{TWO},a")
    assert faults(text, replace(RULES, duplicates=duplicates)) == [(3, "id", "the id `a` is in line 2 too")]


# Do-not-call and test mode


def test_who_must_not_be_called_is_skipped_and_no_bad_row() -> None:
    found = contact(csv("to,priority", f"{ONE},x"), replace(RULES, do_not_call=frozenset({ONE})))
    assert (found.skipped, found.key, found.to) == (DO_NOT_CALL, contact_key("recall", ONE, ""), ONE)


def test_every_row_of_who_must_not_be_called_has_a_key_of_its_own() -> None:
    rules = replace(RULES, do_not_call=frozenset({ONE}))
    found, checked = check(csv("to", ONE, ONE, ONE), rules)
    assert (checked.excluded, len({one.key for one in found})) == (3, 3)


def test_the_rows_of_who_must_not_be_called_keep_their_keys() -> None:
    rules = replace(RULES, duplicates=True)
    text = csv("to,id", f"{ONE},a", f"{ONE},b")
    before = [one.key for one in check(text, rules)[0]]
    after = [one.key for one in check(text, replace(rules, do_not_call=frozenset({ONE})))[0]]
    assert after == before


def test_in_test_mode_another_number_is_called() -> None:
    rules = replace(RULES, instead=THREE, window=OFFICE)
    found = contact(csv("to", "+49302312500"), rules)
    assert (found.to, found.key) == (THREE, contact_key("recall", "+49302312500", ""))
    assert found.zones == ("Europe/Berlin",)


def test_in_test_mode_rows_are_checked_all_the_same() -> None:
    assert faults(csv("to", "x"), replace(RULES, instead=THREE)) != []


# Rows that are skipped


def test_bad_rows_are_contacts_that_are_skipped() -> None:
    found, checked = check(csv("to,priority", f"{ONE},x", f"{TWO},1"), skip_invalid=True)
    assert [one.skipped for one in found] == ["bad row: bad priority", None]
    assert (checked.bad_rows, checked.good, checked.blocked) == (1, 1, False)


def test_a_bad_row_has_the_key_that_it_has_when_it_is_good() -> None:
    bad, good = (check(csv("to,priority", f"{ONE},{one}"), skip_invalid=True)[0][0] for one in ("x", "1"))
    assert bad.key == good.key


def test_no_two_bad_rows_have_the_same_key() -> None:
    rows = [f"{ONE},a", f"{ONE},b", f"{ONE},a", ",", "x,", "x,", "x", "y"]
    found, _ = check(csv("to,id", *rows), skip_invalid=True)
    assert (len(found), len({one.key for one in found})) == (7, 7)


def test_why_a_row_is_skipped_tells_no_number() -> None:
    text = csv("to", "+490302312500", "5", ONE, ONE, "+49112")
    found, _ = check(text, skip_invalid=True)
    assert [one.skipped for one in found] == [
        "bad row: national prefix in the number",
        "bad row: not an E.164 number",
        None,
        "bad row: duplicate number",
        "bad row: emergency number or short code",
    ]


def test_a_number_whose_row_is_bad_is_a_duplicate_all_the_same() -> None:
    text = csv("to,priority", f"{ONE},x", f"{ONE},1")
    assert [line for line, _, _ in faults(text)] == [2, 3]


# Variables


def test_a_text_that_a_call_needs_to_start_needs_its_values() -> None:
    rules = replace(RULES, agent=AGENT, arguments={"practice": "Greenfield"})
    assert faults(csv("to,patient_name", f"{ONE},Maria", f"{TWO},"), rules) == [
        (3, "patient_name", "no value, which system_prompt needs; the call would not start")
    ]


def test_a_variable_that_no_column_gives_is_told_once() -> None:
    rules = replace(RULES, agent=AGENT, arguments={"patient_name": "Maria"})
    text = csv("to", ONE, TWO)
    assert faults(text, rules) == [
        (1, "practice", "no column gives `practice`, which system_prompt needs; no call would start")
    ]
    assert check(text, rules)[1].blocked


def test_json_is_asked_for_the_values_row_by_row() -> None:
    agent = Agent.model_construct(greeting="Hello {{name}}")
    assert faults(f'{{"to": "{ONE}", "name": "a"}}\n{{"to": "{TWO}"}}', replace(RULES, agent=agent)) == [
        (2, "name", "no value, which greeting needs; the call would not start")
    ]


def test_values_have_bounds() -> None:
    assert faults(csv("to,note", f"{ONE},{'x' * 1025}")) == [
        (2, None, "argument note: 1025 characters; at most 1024 are allowed")
    ]


def test_values_have_bounds_together_with_the_campaign_s() -> None:
    rules = replace(RULES, arguments={f"a{index}": "x" for index in range(31)})
    assert faults(csv("to,b,c", f"{ONE},1,", f"{TWO},1,2"), rules) == [
        (3, None, "33 arguments; a call takes at most 32")
    ]


def test_a_tool_s_fields_are_filled_in_with_each_row() -> None:
    agent = Agent.model_construct(tools=(LOOKUP, None))
    rules = replace(RULES, agent=agent, arguments={"practice": "Greenfield"})
    rows = [f"{ONE},P1,", f"{TWO},a/b,", f"{THREE},,x"]
    assert faults(csv("to,patient_id,practice", *rows), rules) == [
        (
            3,
            None,
            "tools.lookup.url: `patient_id` is `a/b`, with `/`, which ends a path segment; the tool would fail",
        ),
        (4, None, "tools.lookup.url: no value for {{patient_id}}; the tool would fail"),
    ]


def test_a_tool_with_one_variable_names_its_column() -> None:
    transfer = HumanTransferTool(type="human_transfer", name="doctor", phone_number="{{doctor}}")
    rules = replace(RULES, agent=Agent.model_construct(tools=(transfer,)), columns={"Doctor": "doctor"})
    assert [one[:2] for one in faults(csv("to,Doctor", f"{ONE},x", f"{TWO},{ONE}"), rules)] == [(2, "Doctor")]


def test_a_tool_that_no_column_serves_is_told_once() -> None:
    rules = replace(RULES, agent=Agent.model_construct(tools=(LOOKUP,)))
    assert faults(csv("to,practice", f"{ONE},a", f"{TWO},b"), rules) == [
        (1, "patient_id", "no column gives `patient_id`, which the tool lookup needs; it would fail")
    ]


def test_a_tool_that_depends_on_no_row_is_not_looked_at() -> None:
    fixed = BuiltInTool(type="built_in", built_in="current_datetime", timezone="{{zone}}")
    hangup = TemplateTool(type="template", template="hangup")
    agent = Agent.model_construct(tools=(fixed, hangup), template_defaults={"zone": "Mars"})
    assert faults(csv("to", ONE), replace(RULES, agent=agent)) == []


def test_the_campaign_s_arguments_are_tried_on_tools_at_once() -> None:
    fixed = BuiltInTool(type="built_in", built_in="current_datetime", timezone="{{zone}}")
    rules = replace(RULES, agent=Agent.model_construct(tools=(fixed,)), arguments={"zone": "Mars"})
    with pytest.raises(
        ConfigurationError, match=r"the campaign's arguments: tools\.current_datetime\.timezone"
    ):
        check(csv("to", ONE), rules)


def test_the_campaign_s_arguments_may_serve_a_tool_alone() -> None:
    rules = replace(RULES, agent=Agent.model_construct(tools=(LOOKUP,)))
    both = replace(rules, arguments={"patient_id": "P1", "practice": "Greenfield"})
    assert faults(csv("to", ONE), both) == []


# The campaign itself


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"arguments": {"a": "x" * 1025}}, "the campaign's arguments: argument a: 1025 characters"),
        ({"arguments": {"pratcice": "x"}, "agent": AGENT}, "the agent has no variable `pratcice`"),
        ({"arguments": {"zzz": "x"}, "agent": AGENT}, "the agent has no variable `zzz`"),
        ({"arguments": {"a": "x"}, "takes_arguments": False}, "the platform takes no values for variables"),
        ({"timezone": "Mars"}, "the campaign's timezone: `Mars` is not a name"),
        (
            {"deadline": datetime(2026, 7, 1, 20, tzinfo=UTC)},
            "the campaign's deadline 2026-07-01 20:00 UTC is over",
        ),
        ({"deadline": datetime(1, 1, 1, tzinfo=UTC)}, "the campaign's deadline 1970-01-01 00:00 UTC is over"),
        ({"deadline": 0.0}, "the campaign's deadline 2026-07-01 20:00 UTC is over"),
    ],
)
def test_what_would_be_wrong_with_every_row_is_told_at_once(
    changes: dict[str, object], expected: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        check(csv("to", ONE), replace(RULES, **changes))  # type: ignore[arg-type]
    assert caught.value.message.startswith(expected)
    assert caught.value.help


# Zones, windows and deadlines


def test_a_contact_is_due_when_the_window_opens_where_it_is() -> None:
    rules = replace(RULES, window=OFFICE)
    found, _ = check(csv("to,timezone", f"{ONE},", "+49302312500,", f"{TWO},Asia/Tokyo"), rules)
    assert [(one.zones, datetime.fromtimestamp(one.due_at, UTC)) for one in found] == [
        (("America/Los_Angeles",), datetime(2026, 7, 1, 20, tzinfo=UTC)),
        (("Europe/Berlin",), datetime(2026, 7, 2, 7, tzinfo=UTC)),
        (("Asia/Tokyo",), datetime(2026, 7, 2, 0, tzinfo=UTC)),
    ]


def test_a_contact_of_which_no_zone_is_known_is_a_bad_row() -> None:
    rules = replace(RULES, window=OFFICE)
    assert faults(csv("to", "+18005550100"), rules) == [
        (2, "timezone", "`+18005550100` may be in any of 42 time zones, which are never open together")
    ]


def test_the_campaign_s_zone_is_for_those_of_which_none_is_known() -> None:
    rules = replace(RULES, window=OFFICE, timezone="America/Chicago")
    assert contact(csv("to", "+18005550100"), rules).zones == ("America/Chicago",)


def test_a_window_that_never_opens_is_a_bad_row() -> None:
    rules = replace(RULES, window=Window(frozenset()))
    assert faults(csv("to", ONE), rules) == [(2, "timezone", "the window never opens there")]


def test_a_number_that_is_wrong_is_not_wrong_about_its_zone_too() -> None:
    assert [column for _, column, _ in faults(csv("to", "x"), replace(RULES, window=OFFICE))] == ["to"]


@pytest.mark.parametrize(
    ("schedules", "cell", "expected"),
    [
        (True, "Europe/Berlin", "Europe/Berlin"),
        (True, "", "Europe/Rome"),
        (False, "Europe/Berlin", None),
    ],
)
def test_a_platform_that_schedules_is_told_the_zone(schedules: bool, cell: str, expected: str | None) -> None:
    rules = replace(RULES, schedules=schedules, timezone="Europe/Rome")
    assert contact(csv("to,timezone", f"{ONE},{cell}"), rules).timezone == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("", NOW + 3600),
        ("2h", NOW + 7200),
        ("2026-07-01T22:00Z", NOW + 7200),
        ("2026-07-01T15:00", NOW + 7200),
    ],
)
def test_a_row_s_deadline_comes_before_the_campaign_s(cell: str, expected: float) -> None:
    assert contact(csv("to,deadline", f"{ONE},{cell}"), replace(RULES, deadline=3600.0)).deadline == expected


def test_the_campaign_s_deadline_may_be_by_the_clock_of_the_callee() -> None:
    rules = replace(RULES, deadline=datetime(2026, 7, 2, 18))  # noqa: DTZ001 - that clock
    found, _ = check(csv("to", ONE, "+49302312500"), rules)
    assert [datetime.fromtimestamp(one.deadline or 0, UTC).hour for one in found] == [1, 16]


def test_a_deadline_that_is_over_is_a_bad_row() -> None:
    assert faults(csv("to,deadline", f"{ONE},2026-07-01T12:59"), RULES) == [
        (2, "deadline", "the deadline 2026-07-01 12:59 America/Los_Angeles is over")
    ]


def test_a_deadline_before_the_window_opens_is_a_bad_row() -> None:
    rules = replace(RULES, window=OFFICE, deadline=3600.0)
    assert faults(csv("to", "+49302312500"), rules) == [
        (
            2,
            "deadline",
            "the deadline 2026-07-01 23:00 Europe/Berlin is before the window opens: 2026-07-02 09:00 Europe/Berlin",
        )
    ]


def test_a_deadline_counts_from_the_campaign_s_beginning_and_may_be_over_once_it_is_under_way() -> None:
    rules = replace(RULES, deadline=3600.0, began=NOW - 7200)
    assert contact(csv("to,deadline", f"{ONE},"), rules).deadline == NOW - 3600


@pytest.mark.parametrize("priority", ["2147483647", "-2147483648", "+5", "007"])
def test_a_priority_is_a_whole_number(priority: str) -> None:
    assert contact(csv("to,priority", f"{ONE},{priority}")).priority == int(priority)


@pytest.mark.parametrize("priority", ["2147483648", "-2147483649", "1.5", "high", "٣", "9" * 5000])
def test_other_priorities_are_none(priority: str) -> None:
    assert faults(csv("to,priority", f"{ONE},{priority}")) == [
        (2, "priority", f"`{priority[:40]}` is no priority")
    ]


def test_very_many_rows_are_checked_quickly() -> None:
    areas = ("113", "114", "116", "117", "121", "131")
    numbers = [f"+44{area}496{index:04d}" for area in areas for index in range(1000)]
    rules = replace(
        RULES, agent=Agent.model_construct(tools=(LOOKUP,)), arguments={"practice": "x"}, window=OFFICE
    )
    text = csv("to,patient_id", *(f"{number},P{index}" for index, number in enumerate(numbers)))
    begun = clock.process_time()
    _, checked = check(text, rules)
    assert (checked.good, checked.bad) == (6000, [])
    assert clock.process_time() - begun < 6
