"""Files of contacts to rows: encodings, CSV as people write it, JSONL, and what cannot be read."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentconf.calls.contacts.lines import LONGEST
from agentconf.calls.contacts.raw import Header, RawContact
from agentconf.calls.contacts.reader import read_contacts
from agentconf.calls.contacts.table import sniff_delimiter
from agentconf.errors import ConfigurationError

if TYPE_CHECKING:
    from agentconf.calls.contacts.reader import Format


def rows(
    text: str | bytes, kind: Format | None = "csv", delimiter: str | None = None
) -> tuple[Header | None, list[RawContact]]:
    """Read a stream."""
    data = text.encode() if isinstance(text, str) else text
    found = read_contacts(io.BytesIO(data), display="list.csv", format=kind, delimiter=delimiter)
    return found.header, list(found)


def values(
    text: str | bytes, kind: Format | None = "csv", delimiter: str | None = None
) -> list[dict[str, str]]:
    """Read a stream; return the values of its rows."""
    return [dict(row.values) for row in rows(text, kind, delimiter)[1]]


def problems(text: str | bytes, kind: Format | None = "csv") -> list[tuple[int, str | None]]:
    """Read a stream; return the lines and problems of its rows."""
    return [(row.line, row.problem) for row in rows(text, kind)[1]]


def refusal(text: str | bytes, kind: Format | None = "csv") -> tuple[str, str | None]:
    """Read a stream that cannot be read; return the message and the place."""
    with pytest.raises(ConfigurationError) as caught:
        rows(text, kind)
    assert caught.value.help
    return caught.value.message, caught.value.where


def test_a_table_is_its_header_and_its_rows() -> None:
    assert rows("to,name\n+14155550100,Maria\n") == (
        Header(1, ("to", "name")),
        [RawContact(2, {"to": "+14155550100", "name": "Maria"})],
    )


def test_an_empty_cell_is_no_value() -> None:
    assert values("to,name\n+14155550100,\n") == [{"to": "+14155550100"}]


def test_blanks_around_cells_do_not_count() -> None:
    assert values('to , name\n +14155550100 , " Maria, 2 "\n') == [{"to": "+14155550100", "name": "Maria, 2"}]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_they_do_anywhere(end: str) -> None:
    text = end.join(["to,name", "+14155550100,Maria", "+14155550101,John", ""])
    assert [row.line for row in rows(text)[1]] == [2, 3]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_last_line_needs_no_end(end: str) -> None:
    assert values(f"to{end}1") == [{"to": "1"}]


def test_a_line_between_quotes_counts() -> None:
    text = 'to,note\n1,"two\nlines"\n2,x\n'
    assert [(row.line, row.values.get("note")) for row in rows(text)[1]] == [(2, "two\nlines"), (4, "x")]


def test_blank_lines_are_skipped_and_counted() -> None:
    text = "\n\nto,name\n\n1,x\n , \n,\n2,y\n"
    header, found = rows(text)
    assert (header, [row.line for row in found]) == (Header(3, ("to", "name")), [5, 8])


def test_a_byte_order_mark_is_left_out() -> None:
    assert values(b"\xef\xbb\xbfto\n1\n") == [{"to": "1"}]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_out(delimiter: str) -> None:
    text = "to|name|note\n1|x|y\n".replace("|", delimiter)
    assert values(text) == [{"to": "1", "name": "x", "note": "y"}]


def test_a_delimiter_between_quotes_is_none() -> None:
    assert sniff_delimiter('"a,b,c";"d"') == ";"


def test_a_single_column_needs_no_delimiter() -> None:
    assert values("to\n1\n2\n") == [{"to": "1"}, {"to": "2"}]


def test_a_delimiter_can_be_told() -> None:
    assert values("to,x:name\n1:y\n", delimiter=":") == [{"to,x": "1", "name": "y"}]


def test_a_line_that_names_the_separator_is_no_header() -> None:
    header, found = rows("sep=;\r\nto;na,me\r\n1;x\r\n")
    assert (header, [row.line for row in found]) == (Header(2, ("to", "na,me")), [3])


def test_a_delimiter_that_is_told_comes_before_one_in_the_file() -> None:
    assert values("sep=;\nto,name\n1,x\n", delimiter=",") == [{"to": "1", "name": "x"}]


def test_empty_names_at_the_end_of_a_header_are_left_out() -> None:
    assert rows("to,name,,\n1,x,,\n") == (
        Header(1, ("to", "name")),
        [RawContact(2, {"to": "1", "name": "x"})],
    )


def test_a_header_alone_has_no_rows() -> None:
    assert rows("to,name\n") == (Header(1, ("to", "name")), [])


def test_too_many_cells_make_a_bad_row() -> None:
    assert problems("to,name\n1,x,y\n2,z\n") == [(2, "the row has 3 cells, the header 2"), (3, None)]


def test_too_few_cells_make_a_bad_row() -> None:
    assert problems("to,name,note\n1\n") == [(2, "the row has 1 cell, the header 3")]


def test_empty_cells_at_the_end_may_be_too_many() -> None:
    assert problems("to,name\n1,x,, \n") == [(2, None)]


def test_text_that_stands_behind_the_last_column_alone_is_not_lost() -> None:
    assert problems("to\n,x\n") == [(2, "the row has 2 cells, the header 1")]


def test_an_empty_file_is_refused() -> None:
    assert refusal("") == ("list.csv is empty", "list.csv")
    assert refusal("\n \n") == ("list.csv is empty", "list.csv")
    assert refusal("sep=;\n") == ("list.csv is empty", "list.csv")
    assert refusal("\n", "jsonl") == ("list.csv is empty", "list.csv")
    assert refusal("", None) == ("list.csv is empty", "list.csv")


def test_a_header_without_names_is_refused() -> None:
    assert refusal(",,\n1,2,3\n") == ("line 1 should name the columns and is empty", "list.csv:1")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('to,name\n1,"x\n2,y\n', 2),
        ('to,name\n1,"a\nb",\n2,"c"\n3, "d\n', 5),
        ('to,a,b\n1,"x\ny","z\n', 3),
        ('to,a,b\n1,"x""y\n",o"k"\n2,"z""\n', 4),
        ('to,name\n1,"' + "x,y\n" * 50_000, 2),
    ],
)
def test_a_quote_that_is_never_closed_is_named_where_it_begins(text: str, line: int) -> None:
    assert refusal(text) == (f"a quote that begins in line {line} is never closed", f"list.csv:{line}")


def test_text_behind_a_closing_quote_is_refused() -> None:
    assert refusal('to,name\n1,"x" y\n') == ("line 2: text stands behind a closing quote", "list.csv:2")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_utf_16_is_refused(encoding: str) -> None:
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    assert refusal(mark + "to\n1\n".encode(encoding))[0] == "list.csv is UTF-16, not UTF-8"


def test_a_nul_is_named_with_its_line_and_byte() -> None:
    assert refusal(b"to\n1\n2\0\n") == ("line 3 holds a NUL byte (byte 7 of the file)", "list.csv:3")


def test_a_nul_behind_bare_carriage_returns_is_named_with_its_line() -> None:
    assert refusal(b"to\r1\r2\0\r") == ("line 3 holds a NUL byte (byte 7 of the file)", "list.csv:3")


@pytest.mark.parametrize("end", [b"\n", b"\r"])
def test_latin_1_is_named_with_its_line_and_byte(end: bytes) -> None:
    text = end.join([b"to,name", b"1,x", b"2,Jos\xe9", b""])
    assert refusal(text) == ("line 3 is not UTF-8: byte 0xE9 (byte 18 of the file)", "list.csv:3")


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (b"PK\x03\x04\x14", "list.csv is a spreadsheet or an archive, not text"),
        (b"\xd0\xcf\x11\xe0\xa1", "list.csv is an old spreadsheet, not text"),
        (b"\x1f\x8b\x08", "list.csv is compressed"),
    ],
)
def test_what_is_no_text_is_refused(start: bytes, expected: str) -> None:
    assert refusal(start + b"\n")[0] == expected


def test_a_line_without_an_end_is_refused() -> None:
    assert refusal(b"x" * (LONGEST + 1)) == ("line 1 has no end within 16 MiB", "list.csv:1")


def test_jsonl_is_an_object_a_line() -> None:
    assert rows('{"to": "+14155550100", "name": "Maria"}\n\n{"to": "2"}', "jsonl") == (
        None,
        [RawContact(1, {"to": "+14155550100", "name": "Maria"}), RawContact(3, {"to": "2"})],
    )


def test_numbers_and_truth_of_json_are_texts_as_they_are_written() -> None:
    assert values('{"a": 1.50, "b": 12345678901234567890123, "c": true, "d": false}', "jsonl") == [
        {"a": "1.50", "b": "12345678901234567890123", "c": "true", "d": "false"}
    ]


def test_numbers_of_json_are_told_from_texts() -> None:
    assert rows('{"to": 49302312500, "id": "5"}', "jsonl")[1][0].numeric == {"to"}


def test_null_and_blank_texts_of_json_are_no_values() -> None:
    assert values('{"to": "1", "a": null, "b": "", "c": " "}', "jsonl") == [{"to": "1"}]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": 1', "the line is not JSON: Expecting ',' delimiter at character 8"),
        ("nonsense", "the line is not JSON: Expecting value at character 1"),
        ('"text"', "the line is not a JSON object"),
        ("12", "the line is not a JSON object"),
        ('{"a": {"b": "c"}}', "the value of `a` is an object"),
        ('{"a": ["b"]}', "the value of `a` is a list"),
        ('{"a": "1", "a": "2"}', "the key `a` stands twice"),
        ('{"a": NaN}', "`NaN` is no value of JSON"),
        ('{"a": "\\u0000"}', "`a` holds a NUL or half a character"),
        ('{"a": "\\ud83d"}', "`a` holds a NUL or half a character"),
        ('{"\\ud83d": "a"}', "`\\ud83d` holds a NUL or half a character"),
        ('{"a":' * 100_000, "the line is nested too deeply"),
    ],
)
def test_a_line_that_is_no_plain_object_is_a_bad_row(text: str, expected: str) -> None:
    assert problems(f'{{"to": "1"}}\n{text}\n{{"to": "2"}}\n', "jsonl") == [
        (1, None),
        (2, expected),
        (3, None),
    ]


def test_a_pair_of_halves_is_a_character() -> None:
    assert values('{"a": "\\ud83d\\ude00"}', "jsonl") == [{"a": "😀"}]


def test_one_json_document_is_refused() -> None:
    assert refusal('\n[{"to": "1"}]', "jsonl") == ("list.csv is a JSON array, not JSON Lines", "list.csv:2")


@pytest.mark.parametrize(
    ("text", "expected"),
    [('\n{"to": "1"}\n', None), ("\nto\n1\n", Header(2, ("to",)))],
)
def test_the_format_is_found_out_by_the_first_character(text: str, expected: Header | None) -> None:
    assert rows(text, None) == (expected, [RawContact(2 if expected is None else 3, {"to": "1"})])


@pytest.mark.parametrize(
    ("name", "text", "header"),
    [
        ("a.csv", "to\n1\n", Header(1, ("to",))),
        ("a.TSV", "to\tx\n1\t\n", Header(1, ("to", "x"))),
        ("a.jsonl", '{"to": "1"}', None),
        ("a.ndjson", '{"to": "1"}', None),
        ("a.json", '{"to": "1"}', None),
        ("a", "to\n1\n", Header(1, ("to",))),
    ],
)
def test_the_format_is_that_of_the_suffix(
    tmp_path: Path, name: str, text: str, header: Header | None
) -> None:
    path = tmp_path / name
    path.write_text(text)
    found = read_contacts(path, display=name)
    assert (found.header, [row.values["to"] for row in found]) == (header, ["1"])


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"there is no file a\.csv"):
        read_contacts(tmp_path / "a.csv", display="a.csv")


def test_a_directory_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="a is a directory"):
        read_contacts(tmp_path, display="a")


def test_a_file_that_cannot_be_opened_is_named() -> None:
    with pytest.raises(ConfigurationError, match="a cannot be read: File name too long"):
        read_contacts(Path("a" * 300), display="a")


def test_a_file_is_read_as_its_rows_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("to\n" + "1\n" * 100_000 + '"', encoding="utf-8")
    assert next(iter(read_contacts(path, display="a.csv"))).line == 2


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=20)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=8))
def test_what_is_quoted_comes_back(cells: list[tuple[str, str]]) -> None:
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in cells]
    stripped = [
        {name: cell.strip() for name, cell in zip("ab", row, strict=True) if cell.strip()} for row in cells
    ]
    assert values("\n".join(["a,b", *quoted])) == [row for row in stripped if row]


@given(st.binary(max_size=200))
def test_no_bytes_crash_the_reader(data: bytes) -> None:
    for kind in ("csv", "jsonl", None):
        try:
            _, found = rows(data, kind)
        except ConfigurationError:
            continue
        assert all(row.line >= 1 for row in found)
