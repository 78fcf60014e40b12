"""Rules of reading files: AC001 to AC009. Their findings are made where files are read and put together."""

from __future__ import annotations

from agentconf.lint.finding import Severity
from agentconf.lint.rule import declare


@declare("AC001", "not-yaml", Severity.ERROR)
def not_yaml() -> None:
    """The file is not YAML, or not JSON where its name ends in `.json`.

    ## Why
    Nothing in the file can be read. The place is where the reader gave up; the mistake is there or shortly
    before, most often indentation, a tab, or an unquoted text with a colon in it.

    ## Bad
    ```yaml
    name: Support: the second line  # expect: AC001
    ```

    ## Good
    ```yaml
    name: "Support: the second line"
    ```

    ## Source
    YAML 1.2.2, <https://yaml.org/spec/1.2.2/>; JSON, RFC 8259.
    """


@declare("AC002", "duplicate-key", Severity.ERROR)
def duplicate_key() -> None:
    """A mapping has the same key twice.

    ## Why
    Which of the two values counts differs from reader to reader, and the other one is lost without a word.

    ## Bad
    ```yaml
    language: en
    language: es  # expect: AC002
    ```

    ## Good
    ```yaml
    language: es
    ```

    ## Source
    YAML 1.2.2, section 3.2.1.3: the keys of a mapping are unique.
    """


@declare("AC003", "several-documents", Severity.ERROR)
def several_documents() -> None:
    """A file holds several YAML documents where one is meant.

    ## Why
    One agent is one file: its name is the agent's handle. A second document would have none.

    ## Bad
    ```yaml
    language: en
    ---  # expect: AC003
    language: es
    ```

    ## Good
    ```yaml
    ---
    language: en
    ```

    ## Source
    docs/project-files.md of this project; YAML 1.2.2, section 9.2.
    """


@declare("AC004", "alias-expansion", Severity.ERROR)
def alias_expansion() -> None:
    """Aliases make the file many times larger than it is.

    ## Why
    An alias that names a list of aliases, a few levels deep, grows to millions of values. Whoever lints a
    pull request would run out of memory, so reading stops at a limit.

    ## Bad
    ```yaml
    # as is
    a: &a [x, x, x, x, x, x, x, x, x, x]
    b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
    c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
    d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]
    e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]
    f: [*e, *e, *e, *e, *e, *e, *e, *e, *e, *e]
    # expect: AC004
    ```

    ## Good
    ```yaml
    models:
      stt: &recogniser slng/deepgram/nova:3-multi
      fallbacks: {llm: [groq/moonshotai/kimi-k2-instruct-0905]}
      stt_kwargs: {note: *recogniser}
    ```

    ## Source
    This linter's own limit; the attack is known as "billion laughs".
    """


@declare("AC005", "ambiguous-scalar", Severity.WARNING)
def ambiguous_scalar() -> None:
    """An unquoted value is text here, and something else to other YAML readers.

    ## Why
    Definitions are read as YAML 1.2, where `no` is a text (Norwegian) and so is `9:30`. Many editors,
    scripts and older libraries still read YAML 1.1, where they are `false` and 570. Quotes end the doubt.

    ## Bad
    ```yaml
    language: no  # expect: AC005
    greeting: Welcome. We open at {{opens_at}}.
    template_defaults:
      opens_at: 9:30  # expect: AC005
    ```

    ## Good
    ```yaml
    language: "no"
    greeting: Welcome. We open at {{opens_at}}.
    template_defaults:
      opens_at: "9:30"
    ```

    ## Source
    YAML 1.2.2, section 10.3 (core schema); YAML 1.1 type repository, <https://yaml.org/type/>.
    """


@declare("AC006", "unresolved-reference", Severity.ERROR)
def unresolved_reference() -> None:
    """A `${…}` or `$ref` cannot be followed.

    ## Why
    The value that was meant is not there, so nothing can be said about it or sent. A kind of reference that
    does not exist is meant, and a file that is not there; an unset variable is AC504's.

    ## Bad
    ```yaml
    greeting: ${text:welcome}  # expect: AC006
    ```

    ## Good
    `$${` writes a literal `${`.
    ```yaml
    greeting: Hello, this is ${var:practice}. How can I help you?
    ```
    ```yaml
    # file: agentconf.yaml
    version: 1
    vars: {practice: Greenfield Clinic}
    ```

    ## Source
    docs/authoring.md of this project.
    """


@declare("AC007", "include-leaves-project", Severity.ERROR)
def include_leaves_project() -> None:
    """A `${file:…}` or `$ref` points out of the project's folder.

    ## Why
    A definition that reads files from elsewhere means something else on every machine, and a pull request
    could have the CI runner's own files sent to the platform. Absolute paths, `..` beyond the root and
    links that lead out are refused.

    ## Bad
    ```yaml
    system_prompt: ${file:../../prompts/shared.md}  # expect: AC007
    ```

    ## Good
    ```yaml
    system_prompt: ${file:../prompts/shared.md}
    ```
    ```text
    # file: prompts/shared.md
    You answer the phone of Greenfield Clinic. Be brief and kind.
    ```

    ## Source
    docs/authoring.md of this project.
    """


@declare("AC008", "unreadable-file", Severity.ERROR)
def unreadable_file() -> None:
    """A file is there and cannot be read: no permission, not a regular file, too large, or not UTF-8.

    ## Why
    What cannot be read cannot be checked, and must not be sent in part.

    ## Bad
    ```yaml
    system_prompt: ${file:../prompts}
    # expect: AC008
    ```
    ```text
    # file: prompts/reception.md
    You answer the phone of Greenfield Clinic. Be brief and kind.
    ```

    ## Good
    ```yaml
    system_prompt: ${file:../prompts/reception.md}
    ```
    ```text
    # file: prompts/reception.md
    You answer the phone of Greenfield Clinic. Be brief and kind.
    ```

    ## Source
    docs/authoring.md of this project.
    """


@declare("AC009", "include-cycle", Severity.ERROR)
def include_cycle() -> None:
    """Files include each other in a circle.

    ## Why
    There is no end to what the value would be.

    ## Bad
    ```yaml
    tools:
      - $ref: ../tools/hangup.yaml
    ```
    ```yaml
    # file: tools/hangup.yaml
    $ref: goodbye.yaml
    ```
    ```yaml
    # file: tools/goodbye.yaml
    $ref: hangup.yaml  # expect: AC009
    ```

    ## Good
    ```yaml
    tools:
      - $ref: ../tools/hangup.yaml
    ```
    ```yaml
    # file: tools/hangup.yaml
    type: template
    template: hangup
    ```

    ## Source
    docs/authoring.md of this project.
    """


RULES = (
    not_yaml,
    duplicate_key,
    several_documents,
    alias_expansion,
    ambiguous_scalar,
    unresolved_reference,
    include_leaves_project,
    unreadable_file,
    include_cycle,
)
