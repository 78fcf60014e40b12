"""`agentconf explain`."""

from __future__ import annotations

import click

from agentconf.cli.options import Session, common
from agentconf.errors import UsageError


@click.command("explain")
@click.argument("subject", required=False, metavar="[RULE|FIELD]")
@click.option("--all", "everything", is_flag=True, help="Explain every rule, one after the other.")
@common("text")
def command(session: Session, subject: str | None, *, everything: bool) -> int:
    """Explain a lint rule (AC306, duplicate-tool-id) or a field (models.tts_voice, tools.webhook.url)."""
    from agentconf.lint.pages import page  # noqa: PLC0415 - keeps --help light
    from agentconf.lint.rules import ALL, find  # noqa: PLC0415
    from agentconf.model.explain import explain_field, field_paths  # noqa: PLC0415
    from agentconf.source.suggest import suggest  # noqa: PLC0415

    if everything == (subject is not None):
        raise UsageError("name a rule or a field, or give --all", help="agentconf explain AC306")
    if subject is None:
        session.output.result("\n".join(page(rule) for rule in ALL))
        return 0
    rule = find(subject) or find(subject.upper()) or find(subject.lower())
    text = page(rule) if rule else explain_field(subject)
    if text is None:
        guess = suggest(subject, [*(rule.code for rule in ALL), *(rule.name for rule in ALL), *field_paths()])
        hint = (
            f"did you mean {guess!r}?"
            if guess
            else "codes and names of rules are in docs/rules; fields in the schema"
        )
        raise UsageError(f"there is no rule or field {subject!r}", help=hint)
    session.output.result(text)
    return 0
