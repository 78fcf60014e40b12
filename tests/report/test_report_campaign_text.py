from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest
from golden import check
from sample_campaigns import (
    BERLIN,
    CAMPAIGN,
    HOSTILE,
    START,
    contact,
    counts,
    few,
    number,
    standing,
    three_days,
)

from agentconf.calls.campaign import Campaign, Pacing
from agentconf.calls.contact import Contact, NewContact, State
from agentconf.calls.run import Summary
from agentconf.calls.schedule import forecast
from agentconf.calls.turn import Counts, Phase
from agentconf.remote.calling import Target
from agentconf.report import campaign_confirm_text, campaign_preview_text, campaign_status_text, campaign_text
from agentconf.report.campaign_confirm_text import Load
from agentconf.report.campaign_preview import preview
from agentconf.report.ink import cells

RESUME = "agentconf campaign run campaigns/recall.yaml -e staging"
REPORT = "agentconf campaign report recall --csv recall.csv"
MADE = three_days(1000).contacts
LEFT = [*(contact(line) for line in range(2000, 2490)), contact(3000, State.SENDING), *MADE]
LOAD = Load(9994, (("bad rows", 4), ("on the do-not-call list", 2), ("others", 0)), 1, START + 172_800, START)
HOSTILE_CAMPAIGN = replace(
    CAMPAIGN, id=HOSTILE, environment=HOSTILE, agent=HOSTILE, instead=HOSTILE, target=Target("slng", HOSTILE)
)
HOSTILE_CONTACTS = [contact(2, State.FAILED, reason=HOSTILE), contact(3, State.PLACED, outcome=HOSTILE)]


def summary(contacts: list[Contact], **changes: object) -> Summary:
    plain = Summary(counts(contacts), Phase.RUNNING, None, False, False, START, START + 5000, 940)
    return replace(plain, **changes)  # type: ignore[arg-type]


def ended(given: Summary, campaign: Campaign = CAMPAIGN, *, colour: bool = False, width: int = 100) -> str:
    return campaign_text.render(campaign, given, resume=RESUME, report=REPORT, colour=colour, width=width)


def confirmed(campaign: Campaign = CAMPAIGN, load: Load = LOAD, *, width: int = 100) -> str:
    return campaign_confirm_text.render(campaign, load, zone=BERLIN, colour=False, width=width)


def listed(*given: object, width: int = 120) -> str:
    return campaign_status_text.listed(given, zone=BERLIN, colour=False, width=width)  # type: ignore[arg-type]


def foreseen(
    contacts: list[NewContact], campaign: Campaign = CAMPAIGN, *, most: int = 3, width: int = 100
) -> str:
    given = preview(forecast(campaign, contacts, START), contacts, most=most)
    return campaign_preview_text.render(
        campaign, given, number=number, zone=BERLIN, colour=False, width=width
    )


def new(line: int, **changes: object) -> NewContact:
    plain = NewContact(
        f"k{line}", line, f"+1415555{100 + line:04}", {"patient_name": "Maria", "slot": "9:30"}, 0,
        ("America/New_York",) if line % 2 else ("Europe/Berlin",), START,
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_what_is_about_to_be_dialled_reads_as_agreed() -> None:
    check("campaign_confirm.txt", confirmed(replace(CAMPAIGN, instead="+14155550100")))


def test_a_plain_campaign_has_no_more_to_confirm_than_there_is() -> None:
    plain = Campaign("c", "local", "a", Target("dasha", "x"), Pacing(interval=0.0))
    assert confirmed(plain, Load(1)).splitlines() == [
        "c · local · a on Dasha",
        "  calls    1 contact",
        "  pace     5 at once",
        "  when     at any time",
        "  retries  none",
    ]


def test_bulks_need_fewer_requests_so_that_the_campaign_is_shorter() -> None:
    shown = confirmed(CAMPAIGN, replace(LOAD, bulk=100))
    assert "one every 500 ms, up to 100 calls a request: at least 50 s" in shown


def test_the_end_of_a_run_reads_as_agreed() -> None:
    check("campaign_done.txt", ended(summary(MADE)))


def test_the_end_of_a_run_reads_as_agreed_in_colour() -> None:
    check("campaign_done_colour.txt", ended(summary(MADE), colour=True))


def test_a_run_that_the_platform_halted_reads_as_agreed() -> None:
    halted = summary(LEFT, phase=Phase.HALTED, reason="no credit is left (402): add credit in the dashboard")
    sipgate = replace(CAMPAIGN, target=Target("sipgate", "flow"))
    check("campaign_halted.txt", ended(halted, sipgate))


def test_a_run_in_which_all_went_well_names_no_next_action() -> None:
    placed = [contact(line, State.PLACED, outcome="completed") for line in range(2, 5)]
    assert ended(summary(placed, placed_here=3, ended_at=START + 60)).splitlines() == [
        "recall · staging · healthcare-outreach on SLNG",
        "Done: 3 calls placed in 1 min, 3 a minute.",
        "",
        "  placed  3  3 answered",
    ]


def test_outcomes_that_nobody_tells_are_not_listed() -> None:
    assert "  placed  1\n" in ended(summary([contact(2, State.PLACED)]))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"interrupted": True}, "Interrupted: 940 calls placed in 1 h 23 min, 11.3 a minute."),
        ({"phase": Phase.PAUSED}, "Paused: 940 calls placed"),
        ({"phase": Phase.CANCELED}, "Canceled: 940 calls placed"),
        ({}, "Stopped early: 940 calls placed"),
        ({"phase": Phase.HALTED, "reason": "no", "denied": True}, "\nDenied: no\n"),
        ({"placed_here": 0}, ": 0 calls placed in 1 h 23 min.\n"),
        ({"ended_at": START}, ": 940 calls placed in 0 s.\n"),
    ],
    ids=str,
)
def test_how_a_run_ended_is_said_first(changes: dict[str, object], said: str) -> None:
    assert said in ended(summary(LEFT, **changes))


def test_the_command_that_goes_on_is_named_with_what_is_left() -> None:
    words = " ".join(ended(summary(LEFT, interrupted=True)).split())
    assert (
        f"Next: {RESUME} goes on with the 491 contacts left; first it asks what became of 1 request." in words
    )


def test_a_canceled_campaign_cannot_go_on() -> None:
    assert "goes on" not in ended(summary(LEFT, phase=Phase.CANCELED))


def test_unknown_contacts_are_explained_and_only_called_again_on_request() -> None:
    words = " ".join(ended(summary([contact(2, State.UNKNOWN, reason="lost")])).split())
    assert "1 contact may have been called: the answer was lost, and SLNG cannot tell." in words
    assert f"{RESUME} --redial-unknown" in words


def test_a_report_is_only_named_where_there_is_one() -> None:
    failed = summary([contact(2, State.FAILED, reason="no")])
    shown = campaign_text.render(CAMPAIGN, failed, resume=RESUME, report=None, colour=False, width=100)
    assert "Next:" not in shown


def test_of_many_reasons_the_most_frequent_are_shown_and_the_rest_is_counted() -> None:
    failed = [contact(line, State.FAILED, reason=f"reason {line % 12}") for line in range(100)]
    shown = ended(summary(failed))
    assert "  9  reason 0\n" in shown
    assert "  … and 2 more reasons (16 contacts)\n" in shown


def test_a_campaign_without_contacts_says_so() -> None:
    assert "  No contacts.\n" in ended(summary([], placed_here=0))


def test_the_status_of_a_campaign_reads_as_agreed() -> None:
    given = standing(LEFT, phase=Phase.PAUSED, reason="by a person")
    check("campaign_status.txt", campaign_status_text.render(given, zone=BERLIN, colour=False, width=100))


def test_a_running_campaign_in_which_nobody_is_left_says_so() -> None:
    shown = campaign_status_text.render(standing(MADE), zone=BERLIN, colour=False, width=100)
    assert shown.splitlines()[1] == "Nothing left to call; first run 2024-11-18 08:00 CET."


def test_campaigns_are_listed_as_agreed() -> None:
    other = standing(few().contacts, id="reminders-november", environment="production", platform="dasha")
    check("campaign_list.txt", listed(standing(LEFT), replace(other, phase=Phase.HALTED), width=140))


def test_a_narrow_list_leaves_out_what_matters_least() -> None:
    heads = listed(standing(LEFT), width=70).splitlines()[0].split()
    assert heads == ["campaign", "phase", "contacts", "placed", "open", "failed", "unknown"]


def test_a_list_without_campaigns_says_so() -> None:
    assert listed() == "No campaigns yet.\n"


def test_a_dry_run_reads_as_agreed() -> None:
    contacts = [
        *(new(line) for line in range(2, 40)),
        new(40, deadline=START - 1),
        new(41, skipped="bad `to`"),
    ]
    check("campaign_preview.txt", foreseen(contacts))


def test_a_dry_run_shows_priorities_where_there_are_any() -> None:
    assert "priority" not in foreseen([new(2)])
    assert "priority" in foreseen([new(2), new(4, priority=7)])


def test_a_dry_run_of_nobody_says_so() -> None:
    assert foreseen([]).splitlines()[-1] == "Dry run: nobody would be called."
    assert "By day" not in foreseen([new(2, skipped="bad")])


def test_a_dry_run_of_one_call_names_one_moment() -> None:
    shown = foreseen([new(2, zones=())], replace(CAMPAIGN, window=None), most=0)
    assert shown.endswith(
        "Dry run: 1 contact would be called, at Mon 2024-11-18 09:00 CET. Nobody was called.\n"
    )


def test_a_contact_without_a_zone_is_told_the_time_of_the_whole_world() -> None:
    assert "Mon 2024-11-18 08:00 UTC" in foreseen([new(2, zones=())], replace(CAMPAIGN, window=None))


@pytest.mark.parametrize("width", [60, 80, 100])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    wide = replace(CAMPAIGN, id="電話" * 8)
    pages = [
        ended(summary(LEFT), wide, width=width),
        confirmed(wide, width=width),
        foreseen([new(2), new(3, arguments={f"variable_{n}": "x" for n in range(20)})], wide, width=width),
        campaign_status_text.render(standing(LEFT), zone=BERLIN, colour=False, width=width),
    ]
    assert max(cells(line) for page in pages for line in page.splitlines()) <= width


def test_nothing_that_others_wrote_reaches_the_terminal_as_a_command() -> None:
    given = standing(
        HOSTILE_CONTACTS, id=HOSTILE, environment=HOSTILE, agent=HOSTILE, platform=HOSTILE, reason=HOSTILE
    )
    one = new(2, arguments={HOSTILE: "x"}, to=HOSTILE)
    pages = [
        campaign_text.render(
            HOSTILE_CAMPAIGN,
            summary(HOSTILE_CONTACTS, phase=Phase.HALTED, reason=HOSTILE),
            resume=HOSTILE, report=HOSTILE, colour=False, width=80,
        ),
        confirmed(HOSTILE_CAMPAIGN, Load(1, ((HOSTILE, 1),))),
        campaign_status_text.render(given, zone=UTC, colour=False, width=80),
        listed(given),
        campaign_preview_text.render(
            HOSTILE_CAMPAIGN,
            preview(forecast(HOSTILE_CAMPAIGN, [one, new(3, skipped=HOSTILE)], START), [one], most=1),
            number=str, zone=UTC, colour=False, width=200,
        ),
    ]  # fmt: skip
    assert [char for page in pages for char in page if not char.isprintable() and char != "\n"] == []
    assert all("script" in page for page in pages)


def test_neither_numbers_nor_values_of_variables_are_shown() -> None:
    shown = foreseen([new(2)]) + ended(summary(MADE)) + listed(standing(MADE))
    assert "+1415" not in shown
    assert "Maria" not in shown


def test_counts_may_lack_states_that_do_not_occur() -> None:
    assert "No contacts." in ended(Summary(Counts({}, {}, {}), Phase.RUNNING, None, False, False, 0, 0, 0))
