"""Plans made by hand, for the renderers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from agentconf.model.impact import Impact
from agentconf.model.secret import SecretRef
from agentconf.plan.change import ABSENT, Action, Change, ChangeKind, LiveRef, Operation, Origin
from agentconf.plan.plan import Blocker, Note, Plan

ORGANISATION = "8b1e0000-0000-4000-8000-000000000001"
OLD_ID = "51c0aaaa-0000-4000-8000-000000000009"

PROMPT = """\
You are the support agent of {{brand_name}}. Answer questions about orders by yourself.

- Be short.
- Never promise a refund.

Ask for the order number first. When the caller has none, ask for the name and the day of the order, and read
both back slowly. When the caller is angry, transfer the call.
"""


def change(path: str, before: Any, after: Any, *impacts: Impact, note: str | None = None) -> Change:
    """Make a change of a field named by a dotted path; names of tools stand between `tools` and the field."""
    if before is ABSENT:
        kind = ChangeKind.ADDED
    else:
        kind = ChangeKind.REMOVED if after is ABSENT else ChangeKind.CHANGED
    return Change(tuple(path.split(".")), kind, before, after, impacts or (Impact.COSMETIC,), note)


def update(key: str, *changes: Change, **more: Any) -> Operation:
    name = key.replace("-", " ").title()
    live = LiveRef(OLD_ID, "2026-05-01T10:00:00Z", "0" * 64)
    return replace(Operation(key, name, Action.UPDATE, changes, live=live), **more)


def create(key: str, body: dict[str, Any]) -> Operation:
    changes = tuple(change(name, ABSENT, value) for name, value in body.items() if name != "tools")
    return Operation(key, body.get("name", key), Action.CREATE, changes, body=body)


def delete(key: str, name: str) -> Operation:
    changes = (change("name", name, ABSENT, Impact.SAFETY, Impact.ROUTING),)
    return Operation(
        key, name, Action.DELETE, changes, live=LiveRef(OLD_ID, "2026-05-01T10:00:00Z", "0" * 64)
    )


def plan(*operations: Operation, **more: Any) -> Plan:
    empty = Plan(
        environment="staging",
        organisation=ORGANISATION,
        operations=operations,
        unchanged=("a", "b", "c", "d"),
        unmanaged=(),
        blockers=(),
        notes=(),
        agents=4 + len(operations),
        live=4,
        inputs="1" * 64,
        version="0.1.0",
    )
    return replace(empty, **more)


WEBHOOK = {
    "type": "webhook",
    "name": "call_summary",
    "description": "Sends what was said",
    "url": "https://events.example.com/calls",
    "parameters": {"type": "object"},
    "auth": {"type": "hmac", "secret": SecretRef("CALL_EVENTS_SECRET")},
    "source": "system",
    "system": {"triggers": [{"event": "call_end"}]},
}

ROUTER = update(
    "support-router",
    change(
        "system_prompt",
        PROMPT,
        PROMPT.replace("is angry", "is upset or asks twice").replace("Be short.", "Be short and kind."),
        Impact.BEHAVIOUR,
    ),
    change(
        "greeting",
        "Thanks for calling {{brand_name}} support. How can I help you today?",
        "Thanks for calling {{brand_name}} support. What can I do for you?",
        Impact.SPEECH,
    ),
    change("models.fallbacks.stt", [], ["slng/deepgram/nova:3-multi"], Impact.BEHAVIOUR),
    change("enable_interruptions", False, True, Impact.BEHAVIOUR, note="default"),
    change("tools.transfer_to_support.phone_number", "+14155559999", "+14155550199", Impact.ROUTING),
    change("tools.look_up_order.timeout_seconds", 10, 5, Impact.BEHAVIOUR),
    change(
        "tools.look_up_order.auth",
        ABSENT,
        {"type": "bearer", "token": SecretRef("CRM_TOKEN")},
        Impact.CREDENTIAL,
        note="lost",
    ),
    change("tools.call_summary", ABSENT, WEBHOOK, Impact.DATA),
    change("tools.hangup", {"type": "template", "template": "hangup"}, ABSENT, Impact.SAFETY),
)

RENAMED = update(
    "clinic-router",
    change("name", "Old Clinic", "Clinic Router"),
    replace(
        change("models.tts_voice", "aura-2-asteria-en", "aura-2-thalia-en", Impact.SPEECH),
        origin=Origin.THEIRS,
    ),
    renamed_from="Old Clinic",
    name="Clinic Router",
)

HOST = create(
    "restaurant-host",
    {
        "name": "Restaurant Host",
        "region": "eu-central",
        "language": "en",
        "system_prompt": "You answer the phone of {{restaurant_name}}. " * 40,
        "greeting": "Good day, this is Nell at {{restaurant_name}}. Would you like to book a table?",
        "models": {
            "stt": "slng/deepgram/nova:3-en",
            "llm": "groq/openai/gpt-oss-120b",
            "tts_voice": "aura-2-luna-en",
        },
        "tools": [
            {"type": "template", "template": "hangup"},
            {"type": "human_transfer", "name": "to_desk", "phone_number": "+14155550100"},
            WEBHOOK,
        ],
        "template_defaults": {"restaurant_name": "The Walled Garden"},
        "slng_api_key": SecretRef("SLNG_API_KEY"),
    },
)

FULL = plan(
    ROUTER,
    RENAMED,
    HOST,
    delete(OLD_ID, "Old Agent"),
    unmanaged=("Someone else's", "Test"),
    agents=7,
    live=9,
    blockers=(
        Blocker(
            "approval",
            "`support-router` changes safety, routing and data, which need approval in `staging`",
            "review the plan, then apply with `--allow safety,routing,data`",
            "support-router",
        ),
        Blocker("prune", "1 agent would be deleted: `Old Agent`"),
    ),
    notes=(
        Note("not-covered", "secrets of 2 tools (write-only: the platform does not show them)"),
        Note("not-covered", "default of `locale` (used by no text)", "restaurant-host"),
        Note("left-alone", "`sip_inbound_trunk_id` is attached in the dashboard", "support-router"),
        Note("left-alone", "`sip_inbound_trunk_id` is attached in the dashboard", "clinic-router"),
        Note("checked-at-apply", "CALL_EVENTS_SECRET, CRM_TOKEN, SLNG_API_KEY"),
    ),
)

NOTHING = plan(unchanged=("a", "b", "c", "d", "e", "f", "g"), agents=7, live=9, unmanaged=("Test",))

HOSTILE = (
    "\x1b]0;owned\x07\x1b[31mred\r ```` ``` </details></pre><script>alert(1)</script> | a \\| b <!-- -->\n"
    "# not a heading\n\n- [ ] not a task\n@everyone, see #1 and GH-2 ![x](https://evil.example.com/p.png)\n"
    "~~~~\n```\n$x$ **bold** \u202emirrored\u2066 zero\u200bwidth &amp; &lt;b&gt; `code`\n"
)
"""A text that tries to break out of whatever it stands in."""
