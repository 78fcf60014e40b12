"""Webhooks: where they are, and who may call them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconf.lint.evaluate import spoiled
from agentconf.lint.finding import Severity
from agentconf.lint.rule import rule
from agentconf.lint.surfaces import FACTS
from agentconf.lint.template import Fault, placeholders, scan, variables
from agentconf.lint.toolset import webhooks
from agentconf.lint.trials import distinct
from agentconf.lint.urls import UrlProblem, Zone, doubts, malformed, split, zone_of
from agentconf.model.arguments import CallSource, TranscriptSource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconf.lint.finding import Finding
    from agentconf.lint.rule import Cursor
    from agentconf.lint.trials import Trial
    from agentconf.lint.urls import UrlFault
    from agentconf.model.agent import Agent

_SOME_VALUE = "x"
"""Stands for a variable that nothing gives: what a value would have to be is then not the question."""

_LENIENT = frozenset({UrlProblem.DOUBTFUL, UrlProblem.EMPTY, UrlProblem.CREDENTIALS})
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


@rule("AC306", "url-placeholder-outside-path-or-query", Severity.ERROR)
def url_placeholder_outside_path_or_query(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """A placeholder stands in a part of a webhook's URL that must be literal.

    Placeholders may stand in path segments and in the values of query parameters: as a whole, as a part, or
    several in one. They may not stand in scheme, user info, host, port, fragment or in the name of a query
    parameter; a query parameter without `=` is a name.

    ## Why
    The origin is fixed when the tool is saved, so that no caller can send the agent's data elsewhere.

    ## Bad
    ```yaml
    template_defaults: {tenant: north, base: https://hooks.greenfield-clinic.net, filter: open}
    tools:
      - {type: webhook, name: a, url: "https://{{tenant}}.greenfield-clinic.net/orders"} # expect: AC306
      - {type: webhook, name: b, url: "{{base}}/orders"} # expect: AC306
      - {type: webhook, name: c, url: "https://hooks.greenfield-clinic.net/?{{filter}}=1"} # expect: AC306
      - {type: webhook, name: d, url: "https://hooks.greenfield-clinic.net{{tenant}}"} # expect: AC306
    ```

    ## Good
    ```yaml
    template_defaults: {tenant: north, case: A-17}
    tools:
      - type: webhook
        url: https://hooks.greenfield-clinic.net/tenants/{{tenant}}/order-{{case}}.json?case={{case}}
    ```

    ## Source
    SLNG documentation, Tool personalization (supported surfaces; validation rules).
    """
    for index, tool in webhooks(agent):
        for placeholder in placeholders(tool.url):
            zone = zone_of(tool.url, placeholder.start)
            if not zone.open:
                yield here.at("tools", index, "url").finding(
                    f"placeholder in the {zone.value} of a webhook's URL",
                    label=f"the {zone.value} must be literal",
                    text=(placeholder.start, placeholder.end),
                    why="the origin is fixed when the tool is saved; paths and query values are filled in",
                    help=_zone_help(zone, placeholder.name),
                )


@rule("AC307", "url-not-full", Severity.ERROR)
def url_not_full(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """A webhook's URL is not a full http(s) URL, or does not stay one when its values are filled in.

    Each URL is tried with the defaults and with every example. A value may not bring a path delimiter, turn
    a segment into `.` or `..`, or begin another query parameter: the request would go to another address.
    Warnings: a value that leaves a segment empty, an `&` in a query value, braces that look like a
    placeholder but are none, a password in the URL.

    ## Why
    The platform saves, and calls, full `http://` and `https://` URLs only.

    ## Bad
    ```yaml
    tools:
      - {type: webhook, name: a, url: /orders} # expect: AC307
      - {type: webhook, name: b, url: "https:/hooks.greenfield-clinic.net/orders"} # expect: AC307
      - {type: webhook, name: c, url: "ftp://hooks.greenfield-clinic.net/orders"} # expect: AC307
      - {type: webhook, name: d, url: "https://hooks.greenfield-clinic.net/orders/{order}"} # expect: AC307
    ```
    ```yaml
    template_defaults: {store: north/../admin}
    tools:
      - type: webhook
        url: https://hooks.greenfield-clinic.net/stores/{{store}} # expect: AC307
    ```

    ## Good
    ```yaml
    template_defaults: {store: north, patient: Maria Lindqvist}
    tools:
      - type: webhook
        url: https://hooks.greenfield-clinic.net:8443/stores/{{store}}/orders?patient={{patient}}
    ```

    ## Source
    SLNG documentation, Tool personalization: "URLs must resolve to a full http:// or https:// URL while
    preserving the configured origin". What a value may not do behind the origin is our own.
    """
    for index, tool in webhooks(agent):
        at = here.at("tools", index, "url")
        if "<" in tool.url or any(isinstance(part, Fault) for part in scan(tool.url)):
            continue
        yield from (_url_finding(at, fault) for fault in doubts(tool.url))
        fault = malformed(tool.url)
        if fault is not None:
            yield _url_finding(at, fault)
        elif all(zone_of(tool.url, one.start).open for one in placeholders(tool.url)):
            yield from _value_findings(agent, tool.url, at)


@rule("AC308", "url-not-https", Severity.WARNING)
def url_not_https(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """A webhook is called over http.

    This machine (`localhost`, `127.0.0.1`, `[::1]`) is left alone.

    ## Why
    What callers said, and the tool's token, travel readable for everybody on the way.

    ## Bad
    ```yaml
    tools:
      - {type: webhook, url: "http://hooks.greenfield-clinic.net/orders"} # expect: AC308
    ```

    ## Good
    ```yaml
    tools:
      - {type: webhook, name: a, url: "https://hooks.greenfield-clinic.net/orders"}
      - {type: webhook, name: b, url: "http://localhost:8080/orders"}
    ```

    ## Source
    Our own: the API takes http.
    """
    for index, tool in webhooks(agent):
        scheme, _, _ = tool.url.partition("://")
        if scheme.lower() == "http" and _host(tool.url).lower() not in _LOOPBACK:
            yield here.at("tools", index, "url").finding(
                "the webhook is called over http",
                text=(0, len(scheme)),
                why="what callers said, and the tool's token, can be read on the way",
                help="write https://",
            )


@rule("AC319", "webhook-without-auth", Severity.WARNING)
def webhook_without_auth(agent: Agent, here: Cursor) -> Iterator[Finding]:
    """A webhook without `auth` gets the transcript or facts of the call, such as its id or phone number.

    Other webhooks without `auth` are an info: what the model sends, callers have said.

    ## Why
    Anybody who finds the address can post made-up calls to it, and it cannot tell them from real ones.

    ## Bad
    ```yaml
    tools:
      - type: webhook
        name: file_call # expect: AC319
        source: system
        system:
          triggers: [{event: call_end}]
          arguments: [{name: transcript, type: transcript_messages, source: {type: transcript_messages}}]
    ```

    ## Good
    ```yaml
    tools:
      - type: webhook
        auth: {type: hmac, secret: "${env:WEBHOOK_SECRET}"}
        source: system
        system:
          triggers: [{event: call_end}]
          arguments: [{name: transcript, type: transcript_messages, source: {type: transcript_messages}}]
    ```

    ## Source
    SLNG documentation, Webhook tools; API contract, WebhookAuth.
    """
    for index, tool in webhooks(agent):
        at = here.at("tools", index)
        if at.at("auth").raw() is not None:
            continue
        sources = [one.source for one in tool.system.arguments] if tool.system else []
        transcript = any(isinstance(source, TranscriptSource) for source in sources)
        facts = any(isinstance(source, CallSource) for source in sources) or FACTS & {*variables(tool.url)}
        what = "the transcript of the call" if transcript else "facts of the call" if facts else None
        yield at.at("name").finding(
            f"`{tool.name}` sends {what} without `auth`" if what else f"`{tool.name}` has no `auth`",
            why="whoever finds the address can post made-up calls to it",
            help="add `auth` of type bearer or hmac, with a secret from the environment",
            severity=None if what else Severity.INFO,
        )


def _host(url: str) -> str:
    return next((url[piece.start : piece.end] for piece in split(url) if piece.zone is Zone.HOST), "")


def _zone_help(zone: Zone, name: str) -> str:
    match zone:
        case Zone.QUERY_NAME:
            return f"fix the name and fill in its value: ?name={{{{{name}}}}}"
        case Zone.FRAGMENT:
            return "take the fragment away: it is never sent"
        case Zone.ORIGIN | Zone.SCHEME | Zone.PORT | Zone.USER_INFO:
            return "write it out; what differs between environments is a `${var:…}`"
    return f"pass it in the path, https://api.example.com/{{{{{name}}}}}/…, or use one tool for each host"


def _value_findings(agent: Agent, url: str, at: Cursor) -> Iterator[Finding]:
    """Try a URL with the defaults and each example; a value that spoils it is named once."""
    seen: set[tuple[str, ...]] = set()
    for trial in distinct(agent, url):
        values = {name: trial.values.get(name, _SOME_VALUE) for name in variables(url)}
        fault = spoiled(url, values)
        if fault is not None:
            culprits = tuple(values[name] for name in fault.variables)
            if (fault.message, *culprits) not in seen:
                seen.add((fault.message, *culprits))
                yield _url_finding(at, fault, trial)


def _url_finding(at: Cursor, fault: UrlFault, trial: Trial | None = None) -> Finding:
    text = (fault.start, fault.end) if fault.end else None
    if fault.problem is UrlProblem.CREDENTIALS:
        place = at.locate(text=text)
        place.document.mask(place.span)
    return at.finding(
        fault.message,
        text=text,
        help=fault.help,
        labels=trial.labels(at, fault.variables) if trial else (),
        severity=Severity.WARNING if fault.problem in _LENIENT else None,
    )


RULES = (url_placeholder_outside_path_or_query, url_not_full, url_not_https, webhook_without_auth)
