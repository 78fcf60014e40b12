from __future__ import annotations

import pytest

from agentconf.project.reference import Fault, Piece, Reference, scan


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", ()),
        ("no reference, $5 and {{name}}", ("no reference, $5 and {{name}}",)),
        ("${var:crm_host}", (Reference("var", "crm_host", None, 0, 15),)),
        ("${env:A_1}", (Reference("env", "A_1", None, 0, 10),)),
        ("${env:A:-}", (Reference("env", "A", "", 0, 10),)),
        ("${env:A:-x: $y -- z}", (Reference("env", "A", "x: $y -- z", 0, 20),)),
        ("${file:../prompts/a b.md}", (Reference("file", "../prompts/a b.md", None, 0, 25),)),
        (
            "https://${var:h}/${env:P}?",
            ("https://", Reference("var", "h", None, 8, 16), "/", Reference("env", "P", None, 17, 25), "?"),
        ),
        ("${var:a}${var:a}", (Reference("var", "a", None, 0, 8), Reference("var", "a", None, 8, 16))),
        ("a $${var:x} b", ("a ${var:x} b",)),
        ("$$${var:x}", ("$${var:x}",)),
        ("$$ ${var:x}", ("$$ ", Reference("var", "x", None, 3, 11))),
        ("$${a}${var:x}", ("${a}", Reference("var", "x", None, 5, 13))),
    ],
)
def test_a_text_is_split_at_its_references(text: str, pieces: tuple[Piece, ...]) -> None:
    assert scan(text) == pieces


@pytest.mark.parametrize(
    ("text", "message", "stretch"),
    [
        ("a ${name} b", "`${name}` does not say what it refers to", (2, 9)),
        ("${}", "`${}` does not say what it refers to", (0, 3)),
        ("${vars:x}", "`${vars:x}`: there is no kind `vars`", (0, 9)),
        ("${secret:x}", "`${secret:x}`: there is no kind `secret`", (0, 11)),
        ("${var:}", "`${var:}` holds no name that can be used", (0, 7)),
        ("${var:a b}", "`${var:a b}` holds no name that can be used", (0, 10)),
        ("${env:1A}", "`${env:1A}` holds no name that can be used", (0, 9)),
        ("${file: }", "`${file: }` names no file", (0, 9)),
        ("${file:}", "`${file:}` names no file", (0, 8)),
        ("${var:x", "`${` is not closed by a `}`", (0, 2)),
        ("${var:x\n}", "`${` is not closed by a `}`", (0, 2)),
        ("${{name}}", "`${{` is neither a placeholder nor a reference", (0, 3)),
    ],
)
def test_what_only_begins_like_a_reference_is_a_fault(
    text: str, message: str, stretch: tuple[int, int]
) -> None:
    (fault,) = [piece for piece in scan(text) if isinstance(piece, Fault)]
    assert (fault.message, (fault.start, fault.end)) == (message, stretch)


@pytest.mark.parametrize(
    ("text", "help_"),
    [
        ("${name}", "write ${var:name} for a variable of the project, or {{name}} for one of the call"),
        ("${vars:x}", "did you mean ${var:x}?"),
        ("${secret:x}", "known are var, env, file; write `$${` for a literal `${`"),
        ("${var:x", "write `$${` for a literal `${`"),
    ],
)
def test_a_fault_says_what_to_write(text: str, help_: str) -> None:
    (fault,) = [piece for piece in scan(text) if isinstance(piece, Fault)]
    assert fault.help == help_


def test_the_text_behind_a_fault_is_still_read() -> None:
    assert [type(piece) for piece in scan("${a} ${var:b} ${ ${env:C}")] == [
        Fault,
        str,
        Reference,
        str,
        Fault,
        str,
        Reference,
    ]
