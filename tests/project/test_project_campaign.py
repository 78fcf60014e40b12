"""Campaign files in their project: references, places, and the files that they name."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from project_loading import Folder, said, underlined

from agentconf.errors import ConfigurationError
from agentconf.model.campaign import CampaignFile
from agentconf.project.campaign import CampaignDefinition, find_campaigns, load_campaign
from agentconf.project.campaign_paths import CampaignPaths
from agentconf.project.load import Loader, load_project
from agentconf.project.select import select
from agentconf.source.document import Document

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
SOUND = "agent: router\ncontacts: ../contacts/x.csv\n"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path)
    made.write("agents/router.yaml", "name: Router\n")
    made.write("contacts/x.csv", "to\n")
    made.write("contacts/dnc.csv", "to\n")
    return made


def load(
    folder: Folder,
    text: str | None = None,
    *,
    file: str = "campaigns/a.yaml",
    environment: str | None = None,
    environ: Mapping[str, str] | None = None,
) -> CampaignDefinition:
    """Load a campaign, after writing it when a text is given."""
    if text is not None:
        folder.write(file, text)
    loader = Loader(folder.root, environ or {})
    return load_campaign(loader, loader.project(environment), folder.root / file)


def wrong(folder: Folder, lines: str) -> list[tuple[str, str, str | None]]:
    """Tell what is wrong with a campaign that has these lines beside sound ones: code, place, help."""
    found = load(folder, SOUND + lines)
    return [(one.code, underlined(one), one.help) for one in found.problems]


# ── reading ────────────────────────────────────────────────────────────


def test_a_campaign_is_named_after_its_file(folder: Folder) -> None:
    found = load(folder, SOUND + "interval: 2s\n")
    assert (found.name, found.display, found.problems) == ("a", "campaigns/a.yaml", ())
    assert (found.settings.agent, found.settings.interval) == ("router", 2.0)
    assert found.paths == CampaignPaths(folder.root / "contacts/x.csv")


def test_references_are_followed_as_in_environment_files(folder: Folder) -> None:
    folder.write("agentconf.yaml", "version: 1\nvars: {hours: {to: '18:00'}, list: x}\n")
    folder.write("environments/staging.yaml", "vars: {list: dnc}\n")
    folder.write("campaigns/common.yaml", "brand: Bluewater Energy\n")
    text = """
        agent: ${env:AGENT:-router}
        contacts: ../contacts/${var:list}.csv
        window: ${var:hours}
        timeout: ${env:PATIENCE}
        arguments: {$ref: common.yaml}
    """
    found = load(folder, text, environment="staging", environ={"PATIENCE": "1m"})
    assert found.problems == ()
    assert found.paths.contacts == folder.root / "contacts/dnc.csv"
    assert (found.settings.timeout, found.settings.arguments) == (60.0, {"brand": "Bluewater Energy"})
    assert found.settings.window is not None


def test_what_cannot_be_followed_is_told_once_and_nothing_else_is_said_of_it(folder: Folder) -> None:
    found = load(
        folder,
        "agent: ${var:agent}\ncontacts: ${env:LIST}\ntimezone: ${var:zone}\ndo_not_call: ['${env:DNC}']\n"
        "platform: ${var:platform}\n",
    )
    assert [(one.code, one.message) for one in found.problems] == [
        ("AC504", "the variable `agent` is not set in the environment `local`"),
        ("AC006", "the environment variable `LIST` is not set"),
        ("AC504", "the variable `zone` is not set in the environment `local`"),
        ("AC006", "the environment variable `DNC` is not set"),
        ("AC504", "the variable `platform` is not set in the environment `local`"),
    ]


def test_what_is_wrong_with_a_variables_value_is_told_too(folder: Folder) -> None:
    folder.write("agentconf.yaml", "version: 1\nvars: {zone: '${env:ZONE}'}\n")
    found = load(folder, SOUND + "timezone: ${var:zone}\n")
    assert said(found.problems) == [
        ("AC006", "agentconf.yaml:2:15", "the environment variable `ZONE` is not set")
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("contacts: [\n", ["AC001"]),
        ("- a\n", ["AC103"]),
        ("", ["AC001"]),
        ("agent: router\nagent: x\ncontacts: ../contacts/x.csv\n", ["AC002"]),
    ],
)
def test_a_file_that_cannot_be_read_to_its_end_says_why(
    text: str, expected: list[str], folder: Folder
) -> None:
    found = load(folder, text)
    assert [one.code for one in found.problems] == expected
    assert found.settings.concurrency == 5


def test_a_campaign_may_be_json(folder: Folder) -> None:
    found = load(folder, '{"agent": "router", "contacts": "../contacts/x.csv"}', file="campaigns/a.json")
    assert (found.name, found.problems) == ("a", ())


def test_a_campaign_may_stand_anywhere(folder: Folder) -> None:
    found = load(folder, "agent: router\ncontacts: x.csv\n", file="contacts/b.yaml")
    assert (found.display, found.problems) == ("contacts/b.yaml", ())
    assert found.paths.contacts == folder.root / "contacts/x.csv"


def test_a_campaign_may_stand_outside_of_the_project(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "project")
    folder.write("agents/router.yaml", "name: Router\n")
    (tmp_path / "x.csv").write_text("to\n")
    found = load(folder, "agent: router\ncontacts: x.csv\n", file="../b.yaml")
    assert (found.display, found.problems) == ((tmp_path / "b.yaml").as_posix(), ())
    assert found.paths.contacts == tmp_path / "x.csv"


def test_a_campaign_is_found_by_its_name(folder: Folder) -> None:
    folder.write("campaigns/recall.yaml", SOUND)
    loader = Loader(folder.root, {})
    assert load_campaign(loader, loader.project(), Path("recall")).display == "campaigns/recall.yaml"


@pytest.mark.parametrize(
    ("file", "help_"),
    [("recal", "did you mean `recall`?"), ("zzz.yaml", "there are: campaigns/recall.yaml")],
)
def test_a_campaign_that_is_not_there_is_refused(file: str, help_: str, folder: Folder) -> None:
    folder.write("campaigns/recall.yaml", SOUND)
    loader = Loader(folder.root, {})
    with pytest.raises(ConfigurationError) as raised:
        load_campaign(loader, loader.project(), Path(file))
    assert (raised.value.message, raised.value.help) == (f"there is no campaign file `{file}`", help_)


def test_where_there_is_no_campaign_at_all_their_folder_is_named(folder: Folder) -> None:
    loader = Loader(folder.root, {})
    with pytest.raises(ConfigurationError) as raised:
        load_campaign(loader, loader.project(), Path("recall"))
    assert raised.value.help == "campaigns stand in campaigns/"


def test_campaigns_are_listed_by_name(folder: Folder) -> None:
    for name in ("b.yaml", "a.json", ".hidden.yaml", "notes.md"):
        folder.write(f"campaigns/{name}", "{}")
    assert [one.display for one in find_campaigns(folder.root)] == ["campaigns/a.json", "campaigns/b.yaml"]


def test_a_place_in_a_campaign_is_found(folder: Folder) -> None:
    found = load(folder, SOUND + "arguments:\n  brand: Bluewater Energy\n")
    assert str(found.locate("arguments", "brand")) == "campaigns/a.yaml:4:10"
    assert str(found.locate("arguments", "other")) == "campaigns/a.yaml:4:3"


# ── what is wrong ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("line", "code", "underline", "help_"),
    [
        ("agnet: x", "AC510", "agnet", "did you mean `agent`?"),
        ("opens: x", "AC510", "opens", "remove it"),
        ("concurrency: 33", "AC105", "33", None),
        ("interval: 30", "AC105", "30", "a unit is missing: 30s, 30m or 30h?"),
        ("timeout: 500ms", "AC105", "500ms", None),
        ("rate: fast", "AC103", "fast", None),
        ("rate: .inf", "AC103", ".inf", None),
        ("window: {form: '09:00'}", "AC510", "form", "did you mean `from`?"),
        ("window: {opens: '09:00'}", "AC510", "opens", "remove it"),
        ("window: {days: [mon, tuesday]}", "AC104", "tuesday", "did you mean `tue`?"),
        ("window: {days: [someday]}", "AC104", "someday", None),
        ("window: {days: []}", "AC105", "[]", None),
        ("window: {from: 9.30}", "AC103", "9.30", 'write hours and minutes, like "09:00"'),
        ("window: {from: 18:00, to: 9:00}", "AC105", "9:00", "write a later `to`; midnight is 24:00"),
        ("retry: {on: [busy], times: 2}", "AC102", "on", "add it"),
        ("retry: {on: [no_anwser], times: 2, after: 1h}", "AC104", "no_anwser", "did you mean `no_answer`?"),
        ("retry: {on: [busy], times: two, after: 1h}", "AC103", "two", None),
        ("arguments: {attempt: 2}", "AC103", "2", 'quote it: "2"'),
        ("arguments: {attempt: true}", "AC103", "true", 'quote it: "true"'),
        ("arguments: {attempt: null}", "AC103", "null", None),
        ("columns: {Phone: 1}", "AC103", "1", 'quote it: "1"'),
        ("run: a/b", "AC105", "a/b", "write at most 64 letters, digits, dots, dashes and underscores, like 2026-07"),
        ("regions: [DE, UK]", "AC104", "UK", "did you mean `GB`?"),
        ("regions: [XX]", "AC104", "XX", "codes are those of ISO 3166-1, like DE or US"),
        ("timezone: Berlin", "AC104", "Berlin", "did you mean `Europe/Berlin`?"),
        ("timezone: Europe/Berlim", "AC104", "Europe/Berlim", "did you mean `Europe/Berlin`?"),
        ("timezone: '+02:00'", "AC104", "'+02:00'", "write Area/City, such as Europe/Berlin"),
        ("flow: x", "AC510", "flow", "add `platform: sipgate`, or take it away"),
        ("platform: slgn", "AC104", "slgn", "did you mean `slng`?"),
        ("do_not_call: [+14155550199]", "AC103", "+14155550199", 'quote it: "+14155550199"'),
        (
            "do_not_call: ['+1 415 555 0199']",
            "AC105",
            "'+1 415 555 0199'",
            "write + country code number, at most 15 digits and nothing between them",
        ),
        ("do_not_call: '0049 30 23125'", "AC006", "'0049 30 23125'", "a number begins with + and its country code"),
        ("do_not_call: ../contacts/dcn.csv", "AC006", "../contacts/dcn.csv", "did you mean `../contacts/dnc.csv`?"),
        ("do_not_call: ../contacts", "AC006", "../contacts", None),
        ("do_not_call: ''", "AC105", "''", None),
    ],
)  # fmt: skip
def test_a_mistake_is_told_where_it_stands(
    line: str, code: str, underline: str, help_: str | None, folder: Folder
) -> None:
    assert wrong(folder, f"{line}\n") == [(code, underline, help_)]


def test_everything_wrong_is_told_at_once_in_the_order_of_the_file(folder: Folder) -> None:
    text = """
        platform: dasha
        contacts: ../contacts/y.csv
        concurrency: 0
        window: {days: [mon], from: nine}
        retry: {on: [busy, bsy], times: 0, aftr: 1h}
        deadline: 2026-07-01
    """
    assert [(one.code, underlined(one)) for one in load(folder, text).problems] == [
        ("AC102", "platform"),
        ("AC006", "../contacts/y.csv"),
        ("AC105", "0"),
        ("AC510", "window"),
        ("AC105", "nine"),
        ("AC102", "on"),
        ("AC104", "bsy"),
        ("AC105", "0"),
        ("AC510", "aftr"),
        ("AC105", "2026-07-01"),
    ]


def test_a_platform_that_is_none_keeps_its_rules_to_itself(folder: Folder) -> None:
    found = load(folder, "platform: twilio\nflow: x\ncontacts: ../contacts/x.csv\n")
    assert [one.message for one in found.problems] == ["`platform` is one of slng, sipgate, dasha"]


@pytest.mark.parametrize("value", ["null", "''", "[a]", "{}"])
def test_contacts_that_are_none_are_told_and_no_file_is_looked_for(value: str, folder: Folder) -> None:
    found = load(folder, f"agent: router\ncontacts: {value}\n")
    assert (len(found.problems), found.paths.contacts) == (1, None)


@pytest.mark.parametrize(
    ("agent", "help_"), [("ruoter", "did you mean `router`?"), ("zzz", "there are: router")]
)
def test_an_agent_that_is_not_there_is_told(agent: str, help_: str, folder: Folder) -> None:
    (problem,) = load(folder, f"agent: {agent}\ncontacts: ../contacts/x.csv\n").problems
    assert (problem.code, problem.message, problem.help) == ("AC104", f"there is no agent `{agent}`", help_)


@pytest.mark.parametrize(
    "lines", ["api_key: sk-1234", "token: sk-1234", "sipgate: {token: sk-1234}", "dasha: {api_key: sk-1234}"]
)
def test_a_credential_is_refused_and_never_shown(lines: str, folder: Folder) -> None:
    (problem,) = load(folder, SOUND + lines + "\n").problems
    assert problem.code == "AC510"
    assert problem.location.document.line(3) == lines.replace("sk-1234", "*******")


def test_a_credential_is_not_shown_in_a_file_that_cannot_be_read_to_its_end(folder: Folder) -> None:
    (problem,) = load(folder, "api_key: sk-1234\nwindow: {\n").problems
    assert problem.location.document.line(1) == "api_key: *******"


# ── the files that it names ────────────────────────────────────────────────────


def test_numbers_and_files_that_are_not_to_be_called_come_in_one_list(folder: Folder) -> None:
    found = load(folder, SOUND + "do_not_call: [../contacts/dnc.csv, '+14155550199']\n")
    assert found.paths.exclusions == (folder.root / "contacts/dnc.csv",)
    assert found.paths.excluded == {"+14155550199"}


def test_contacts_may_stand_outside_of_the_project(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "project")
    folder.write("agents/router.yaml", "name: Router\n")
    people = tmp_path / "people.csv"
    people.write_text("to\n")
    found = load(folder, f"agent: router\ncontacts: {people}\ndo_not_call: ../../people.csv\n")
    assert (found.problems, found.paths.contacts, found.paths.exclusions) == ((), people, (people,))


def test_contacts_may_come_from_a_pipe(folder: Folder) -> None:
    os.mkfifo(folder.root / "pipe")
    found = load(folder, "agent: router\ncontacts: ../pipe\n")
    assert (found.problems, found.paths.contacts) == ((), folder.root / "pipe")


@pytest.mark.parametrize(
    ("path", "message", "help_"),
    [
        ("../contacts/y.csv", "there is no file `contacts/y.csv`", "did you mean `../contacts/x.csv`?"),
        (
            "contacts/x.csv",
            "there is no file `campaigns/contacts/x.csv`",
            "paths are relative to the file they stand in: `../contacts/x.csv`",
        ),
        (
            "~/x.csv",
            "there is no file `campaigns/~/x.csv`",
            "`~` is not followed: write the path out, or begin it with ${env:HOME}",
        ),
        (
            "/nowhere/at/all.csv",
            "there is no file `/nowhere/at/all.csv`",
            "paths are relative to the file they stand in",
        ),
        ('"a\\0b"', "there is no file `campaigns/a\0b`", "paths are relative to the file they stand in"),
        ("..", "`.` is a folder, and a file is wanted", None),
    ],
)
def test_contacts_that_are_not_there_are_told_with_the_likely_path(
    path: str, message: str, help_: str | None, folder: Folder
) -> None:
    (problem,) = load(folder, f"agent: router\ncontacts: {path}\n").problems
    assert (problem.code, problem.message, problem.help) == ("AC006", message, help_)


# ── beside the agents ────────────────────────────────────────────────────────────


def test_a_variable_that_only_a_campaign_uses_is_used(folder: Folder) -> None:
    folder.write("campaigns/a.yaml", SOUND + "timezone: ${var:zone}\n")
    uses = load_project(folder.root, environ={}).variables
    assert [(one.name, str(one.location)) for one in uses] == [("zone", "campaigns/a.yaml:3:11")]


def test_a_campaign_that_cannot_be_read_uses_nothing(folder: Folder) -> None:
    (folder.root / "campaigns").mkdir()
    (folder.root / "campaigns/a.yaml").write_bytes(b"zone: ${var:zone} \xff\n")
    assert load_project(folder.root, environ={}).variables == ()


def test_a_campaign_that_is_a_link_out_of_the_project_is_not_looked_into(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "project")
    (folder.root / "campaigns").mkdir(parents=True)
    (tmp_path / "elsewhere.yaml").write_text("zone: ${var:zone}\n")
    (folder.root / "campaigns/a.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    assert load_project(folder.root, environ={}).variables == ()


def test_a_campaign_is_no_draft_of_an_agent(folder: Folder) -> None:
    file = folder.write("campaigns/a.yaml", SOUND)
    loader = Loader(folder.root, {})
    selection = select(loader.reader, loader.project().definitions, [file])
    assert (selection.definitions, selection.drafts, selection.strangers) == ((), (), ())


def test_a_text_in_the_place_of_a_campaign_is_no_agent(folder: Folder) -> None:
    loader = Loader(folder.root, {})
    loader.add_text("campaigns/b.yaml", SOUND)
    assert [one.key for one in loader.project().definitions] == ["router"]
    assert isinstance(loader.reader.text("campaigns/b.yaml"), Document)


def test_the_documented_campaign_is_sound(folder: Folder) -> None:
    folder.write("agents/healthcare-outreach.yaml", "name: Healthcare Outreach\n")
    folder.write("contacts/recall.csv", "to\n")
    folder.write("contacts/do-not-call.csv", "to\n")
    page = (ROOT / "docs/calls.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert load(folder, block).problems == ()


def test_every_key_of_a_campaign_is_documented() -> None:
    page = (ROOT / "docs/calls.md").read_text(encoding="utf-8")
    table = page.partition("## A campaign file")[2].partition("### What each platform can do")[0]
    keys = re.findall(r"`(\w+)`", "".join(re.findall(r"^\|([^|]+)\|", table, re.MULTILINE)))
    assert keys == list(CampaignFile.model_fields)


@pytest.mark.parametrize("name", [one.key for one in find_campaigns(ROOT)])
@pytest.mark.parametrize("environment", ["local", "staging", "production"])
def test_the_projects_own_campaigns_are_sound(name: str, environment: str) -> None:
    loader = Loader(ROOT, {})
    found = load_campaign(loader, loader.project(environment), Path(name))
    assert found.problems == ()
    assert found.paths.contacts is not None
    assert (found.paths.contacts.parent, found.paths.contacts.stem) == (ROOT / "contacts", name)
    assert found.paths.exclusions == (ROOT / "contacts/do-not-call.csv",)
