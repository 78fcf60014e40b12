from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentconf.lint.evaluate import resolve_url
from agentconf.lint.template import MissingVariableError, placeholders
from agentconf.lint.urls import UrlFault, UrlProblem, Zone, doubts, encode, malformed, split, zone_of


def zones(url: str) -> list[Zone]:
    """Tell the zone of each placeholder."""
    return [zone_of(url, placeholder.start) for placeholder in placeholders(url)]


@pytest.mark.parametrize(
    "url",
    [
        "https://h.io/{{x}}",
        "https://h.io/{{x}}/",
        "https://h.io/a/{{x}}/b/{{y}}",
        "https://h.io/ord-{{x}}.json",
        "https://h.io/{{x}}{{y}}",
        "https://h.io/{{ x }}",
        "https://h.io//{{x}}",
        "https://h.io/a;v={{x}}/b",
        "https://h.io/@{{x}}",
        "https://h.io/a:{{x}}",
        "https://h.io/user@{{x}}",
        "https://h.io/a%2F{{x}}",
        "https://h.io:8443/{{x}}",
        "https://u:p@h.io/{{x}}",
        "https://[::1]:8080/{{x}}",
        "https://münchen.example/{{x}}",
        "https://xn--mnchen-3ya.example/{{x}}",
        "https://h.io./{{x}}",
        "https://h.io/{{x}}#part",
        "HTTPS://H.IO/{{x}}",
        "//h.io/{{x}}",
        "/orders/{{x}}",
    ],
)
def test_path_segments_take_placeholders(url: str) -> None:
    assert set(zones(url)) == {Zone.PATH}


@pytest.mark.parametrize(
    "url",
    [
        "https://h.io/?q={{x}}",
        "https://h.io?q={{x}}",
        "https://h.io/?q=a{{x}}b",
        "https://h.io/?a=1&q={{x}}&b=2",
        "https://h.io/?q=a={{x}}",
        "https://h.io/?q=a?{{x}}",
        "https://h.io/?q=a/{{x}}",
        "https://h.io/?={{x}}",
        "https://h.io/?q={{x}}{{y}}",
        "https://h.io/?q={{x}}#part",
        "https://h.io/a?redirect=https://{{x}}",
    ],
)
def test_query_values_take_placeholders(url: str) -> None:
    assert set(zones(url)) == {Zone.QUERY_VALUE}


@pytest.mark.parametrize(
    ("url", "zone"),
    [
        ("{{x}}", Zone.ORIGIN),
        ("{{x}}/orders", Zone.ORIGIN),
        ("api.{{x}}.io/orders", Zone.ORIGIN),
        ("{{x}}://h.io/orders", Zone.SCHEME),
        ("http{{x}}://h.io/orders", Zone.SCHEME),
        ("{{x}}:8080/orders", Zone.SCHEME),
        ("https://{{x}}", Zone.HOST),
        ("https://{{x}}/orders", Zone.HOST),
        ("https://{{x}}.h.io/orders", Zone.HOST),
        ("https://api.{{x}}/orders", Zone.HOST),
        ("https://h.io{{x}}", Zone.HOST),
        ("https://h.io{{x}}/orders", Zone.HOST),
        ("https://{{x}}?a=1", Zone.HOST),
        ("https:{{x}}", Zone.HOST),
        ("https:/{{x}}/orders", Zone.HOST),
        ("https:///{{x}}/orders", Zone.HOST),
        (r"https:\\{{x}}/orders", Zone.HOST),
        (r"https://h.io\{{x}}", Zone.HOST),
        ("https://[{{x}}]/orders", Zone.HOST),
        ("https://[::{{x}}]:80/orders", Zone.HOST),
        ("//{{x}}/orders", Zone.HOST),
        ("https://h.io:{{x}}/orders", Zone.PORT),
        ("https://h.io:80{{x}}/orders", Zone.PORT),
        ("https://[::1]:{{x}}/orders", Zone.PORT),
        ("https://{{x}}@h.io/orders", Zone.USER_INFO),
        ("https://u:{{x}}@h.io/orders", Zone.USER_INFO),
        ("https://{{x}}:p@h.io/orders", Zone.USER_INFO),
        ("https://h.io@{{x}}", Zone.HOST),
        ("https://h.io/#{{x}}", Zone.FRAGMENT),
        ("https://h.io#{{x}}", Zone.FRAGMENT),
        ("https://h.io/?q=1#/{{x}}?a=1", Zone.FRAGMENT),
        ("https://h.io/?{{x}}=1", Zone.QUERY_NAME),
        ("https://h.io/?{{x}}", Zone.QUERY_NAME),
        ("https://h.io?{{x}}", Zone.QUERY_NAME),
        ("https://h.io/?a=1&{{x}}", Zone.QUERY_NAME),
        ("https://h.io/?a=1&b{{x}}=2", Zone.QUERY_NAME),
        ("https://h.io/?a=1&{{x}}=2&c=3", Zone.QUERY_NAME),
        ("?{{x}}", Zone.QUERY_NAME),
    ],
)
def test_all_other_parts_do_not(url: str, zone: Zone) -> None:
    assert (zones(url), zone.open) == ([zone], False)


def test_each_placeholder_has_a_zone_of_its_own() -> None:
    url = "https://{{a}}.h.io:{{b}}/{{c}}?{{d}}={{e}}#{{f}}"
    assert zones(url) == [
        Zone.HOST,
        Zone.PORT,
        Zone.PATH,
        Zone.QUERY_NAME,
        Zone.QUERY_VALUE,
        Zone.FRAGMENT,
    ]


@pytest.mark.parametrize(
    "url",
    [
        "https://h.io",
        "https://h.io/",
        "http://h.io/a/b?c=d#e",
        "HTTPS://H.IO/",
        "https://h.io:/",
        "https://h.io:65535/",
        "https://h.io./",
        "https://localhost:8080/x",
        "https://my_service/x",
        "https://127.0.0.1/x",
        "https://127.0.0.1./x",
        "https://[::1]/x",
        "https://[2001:db8::7]:8443/x",
        "https://münchen.example/grüße?q=straße",
        "https://例え.テスト/",
        "https://h.io/a%20b?q=%7B%7D",
        "https://h.io//a//b",
        "https://u@h.io/",
        "https://u:p@h.io/",
        "https://h.io/{{ name }}",
        "https://{{x}}/",
        "https://h.io:{{x}}/",
        "{{x}}/orders",
        "{{x}}://h.io",
        "https://h.io/a|b^c`d",
    ],
)
def test_a_full_url_is_not_malformed(url: str) -> None:
    assert malformed(url) is None


@pytest.mark.parametrize(
    ("url", "message", "where"),
    [
        ("", "the URL is empty", ""),
        ("/orders", "the URL has no scheme and host", "/orders"),
        ("?a=1", "the URL has no scheme and host", "?a=1"),
        ("orders", "the URL has no scheme", "orders"),
        ("api.h.io/orders", "the URL has no scheme", "api.h.io"),
        ("api.h.io:8080/orders", "the URL has no scheme", "api.h.io:8080"),
        ("localhost:8080", "the URL has no scheme", "localhost:8080"),
        ("//h.io/orders", "the URL has no scheme", "//h.io/orders"),
        ("://h.io/orders", "the URL has no scheme", ":"),
        ("ftp://h.io/orders", "the scheme is `ftp`, not http or https", "ftp"),
        ("wss://h.io/orders", "the scheme is `wss`, not http or https", "wss"),
        ("htps://h.io/orders", "the scheme is `htps`, not http or https", "htps"),
        ("mailto:a@h.io", "the scheme is `mailto`, not http or https", "mailto"),
        ("java script:x", "the URL holds a blank", " "),
        ("https:/h.io/orders", "`//` and a host must follow the scheme", "https:/"),
        ("https:h.io/orders", "`//` and a host must follow the scheme", "https:"),
        ("https:///orders", "`//` and a host must follow the scheme", "https:///"),
        ("https://", "the URL has no host", ""),
        ("https:///", "`//` and a host must follow the scheme", "https:///"),
        ("https://?a=1", "the URL has no host", ""),
        ("https://:80/", "the URL has no host", ""),
        ("https://u@/", "the URL has no host", ""),
        ("https://h..io/", "`h..io` is not a host name", "h..io"),
        ("https://.h.io/", "`.h.io` is not a host name", ".h.io"),
        ("https://./", "`.` is not a host name", "."),
        ("https://h!.io/", "`h!.io` is not a host name", "h!.io"),
        ("https://ex%61mple.com/", "`ex%61mple.com` is not a host name", "ex%61mple.com"),
        (f"https://{'a' * 64}.io/", f"`{'a' * 64}.io` is not a host name", f"{'a' * 64}.io"),
        (f"https://{'a.' * 127}io/", f"`{'a.' * 127}io` is not a host name", f"{'a.' * 127}io"),
        ("https://999.1.1.1/", "`999.1.1.1` is not an IP address", "999.1.1.1"),
        ("https://1.2.3/", "`1.2.3` is not an IP address", "1.2.3"),
        ("https://[::1/", "`[` is not an IP address", "["),
        ("https://[:::1]/", "`[:::1]` is not an IP address", "[:::1]"),
        ("https://[fe80::1%25eth0]/", "`[fe80::1%25eth0]` is not an IP address", "[fe80::1%25eth0]"),
        ("https://::1/", "the URL has no host", ""),
        ("https://h.io:0/", "`0` is not a port", "0"),
        ("https://h.io:65536/", "`65536` is not a port", "65536"),
        ("https://h.io:80a/", "`80a` is not a port", "80a"),
        ("https://h.io:-1/", "`-1` is not a port", "-1"),
        ("https://h.io:8080:9/", "`8080:9` is not a port", "8080:9"),
        ("https://h.io:٨٠/", "`٨٠` is not a port", "٨٠"),
        (" https://h.io/", "the URL holds a blank", " "),
        ("https://h.io/a b", "the URL holds a blank", " "),
        ("https://h.io/\n", "the URL holds the character U+000A", "\n"),
        ("https://h.io/\t", "the URL holds the character U+0009", "\t"),
        ("https://h.io/\x00", "the URL holds the character U+0000", "\x00"),
        ("https://h.io/\x7f", "the URL holds the character U+007F", "\x7f"),
        ("https://h.io/\u00a0", "the URL holds the character U+00A0", "\u00a0"),
        (r"https://h.io\a", "the URL holds a backslash", "\\"),
        (r"https:\\h.io", "the URL holds a backslash", "\\"),
    ],
)
def test_what_is_no_full_url_is_told(url: str, message: str, where: str) -> None:
    fault = malformed(url)
    assert fault is not None
    assert (fault.message, url[fault.start : fault.end], fault.problem) == (
        message,
        where,
        UrlProblem.NOT_FULL,
    )


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        ("htps://h.io", "did you mean `https`?"),
        ("ftp://h.io", "webhooks are called over https"),
        ("ssh://h.io", "webhooks are called over https"),
        ("1x://h.io", "webhooks are called over https"),
        ("h.io/x", "begin it with https:// and the host"),
        (" https://h.io", "take the blanks around the URL away"),
        ("https://h.io/a b", "write %20, or take the blank away"),
        (r"https://h.io\a", "write slashes"),
        ("https://h.io/\x01", "take it away"),
    ],
)
def test_the_next_action_fits_the_fault(url: str, advice: str) -> None:
    fault = malformed(url)
    assert fault is not None
    assert fault.help == advice


@pytest.mark.parametrize(
    ("url", "where", "advice"),
    [
        ("https://h.io/{id}", "{id}", "write `{{id}}`"),
        ("https://h.io/{{a}}/{id}?q={x-y}", "{id}", "write `{{id}}`"),
        (
            "https://h.io/%7B%7Bid%7D%7D",
            "%7B%7Bid%7D%7D",
            "write `{{id}}`: braces of placeholders are not percent-encoded",
        ),
        (
            "https://h.io/%7b%7bid%7d%7d",
            "%7b%7bid%7d%7d",
            "write `{{id}}`: braces of placeholders are not percent-encoded",
        ),
    ],
)
def test_braces_that_are_no_placeholder_raise_doubts(url: str, where: str, advice: str) -> None:
    fault = next(doubts(url))
    assert (url[fault.start : fault.end], fault.help, fault.problem) == (where, advice, UrlProblem.DOUBTFUL)


def test_a_password_raises_doubts_and_is_not_repeated() -> None:
    url = "https://robot:hunter2@h.io/x"
    (fault,) = doubts(url)
    assert ("hunter2" in f"{fault.message}{fault.help}", url[fault.start : fault.end], fault.problem) == (
        False,
        "robot:hunter2",
        UrlProblem.CREDENTIALS,
    )


@pytest.mark.parametrize(
    "url", ["https://robot@h.io/x", "https://h.io/a:b@c", "https://h.io/{a b}", "https://h.io/{}"]
)
def test_other_urls_raise_none(url: str) -> None:
    assert list(doubts(url)) == []


@pytest.mark.parametrize(
    ("url", "values", "expected"),
    [
        ("https://h.io/orders", {}, "https://h.io/orders"),
        ("https://h.io/orders/{{id}}", {"id": "A-17"}, "https://h.io/orders/A-17"),
        ("https://h.io/{{a}}{{b}}/x", {"a": "1", "b": "2"}, "https://h.io/12/x"),
        ("https://h.io/ord-{{id}}.json", {"id": ""}, "https://h.io/ord-.json"),
        ("https://h.io/?q={{q}}", {"q": ""}, "https://h.io/?q="),
        ("https://h.io/?q={{q}}", {"q": "Maria Lindqvist"}, "https://h.io/?q=Maria%20Lindqvist"),
        ("https://h.io/?q={{q}}", {"q": "a/b?c=d:e@f"}, "https://h.io/?q=a/b?c=d:e@f"),
        ("https://h.io/?q={{q}}", {"q": "+34600111222"}, "https://h.io/?q=+34600111222"),
        ("https://h.io/{{p}}", {"p": "Jürgen"}, "https://h.io/J%C3%BCrgen"),
        ("https://münchen.example/{{p}}", {"p": "ß"}, "https://münchen.example/%C3%9F"),
        ("https://h.io/{{p}}", {"p": "a%2Fb"}, "https://h.io/a%2Fb"),
        ("https://h.io/{{p}}", {"p": "a:b@c;d=e,f"}, "https://h.io/a:b@c;d=e,f"),
        ("https://h.io/{{p}}", {"p": "..."}, "https://h.io/..."),
        ("https://h.io/{{p}}", {"p": "a..b"}, "https://h.io/a..b"),
        ("https://h.io/v.{{p}}", {"p": "."}, "https://h.io/v.."),
        ("https://h.io/{{p}}", {"p": "{{q}}"}, "https://h.io/%7B%7Bq%7D%7D"),
        ("https://h.io/../x/{{p}}", {"p": "1"}, "https://h.io/../x/1"),
        ("https://h.io:8443/{{p}}?a=b#c", {"p": "1"}, "https://h.io:8443/1?a=b#c"),
        ("https://h.io?q={{q}}", {"q": "1"}, "https://h.io?q=1"),
    ],
)
def test_values_are_filled_in(url: str, values: dict[str, str], expected: str) -> None:
    assert resolve_url(url, values) == expected


@pytest.mark.parametrize(
    ("url", "value", "problem"),
    [
        ("https://h.io/{{x}}", "a/b", UrlProblem.STRUCTURE),
        ("https://h.io/{{x}}", "/evil.example", UrlProblem.STRUCTURE),
        ("https://h.io/{{x}}", "//evil.example", UrlProblem.STRUCTURE),
        ("https://h.io/{{x}}", "a\\b", UrlProblem.STRUCTURE),
        ("https://h.io/{{x}}", "a?b=c", UrlProblem.STRUCTURE),
        ("https://h.io/{{x}}", "a#b", UrlProblem.STRUCTURE),
        ("https://h.io/{{x}}", ".", UrlProblem.STRUCTURE),
        ("https://h.io/{{x}}", "..", UrlProblem.STRUCTURE),
        ("https://h.io/{{x}}", "%2e%2E", UrlProblem.STRUCTURE),
        ("https://h.io/{{x}}", ".%2e", UrlProblem.STRUCTURE),
        ("https://h.io/{{x}}{{x}}/b", ".", UrlProblem.STRUCTURE),
        ("https://h.io/.{{x}}", ".", UrlProblem.STRUCTURE),
        ("https://h.io/{{x}}", "a\r\nHost: evil", UrlProblem.STRUCTURE),
        ("https://h.io/{{x}}", "a\x00", UrlProblem.STRUCTURE),
        ("https://h.io/?q={{x}}", "a\tb", UrlProblem.STRUCTURE),
        ("https://h.io/?q={{x}}", "a\u2028b", UrlProblem.STRUCTURE),
        ("https://h.io/?q={{x}}", "a&admin=1", UrlProblem.DOUBTFUL),
        ("https://h.io/?q={{x}}", "a#b", UrlProblem.STRUCTURE),
        ("https://h.io/{{x}}", "", UrlProblem.EMPTY),
        ("https://h.io/a/{{x}}/b", "", UrlProblem.EMPTY),
        ("https://h.io/{{x}}{{x}}/b", "", UrlProblem.EMPTY),
        ("https://{{x}}/b", "evil.example", UrlProblem.ORIGIN),
        ("https://h.io{{x}}", ".evil.example", UrlProblem.ORIGIN),
        ("https://h.io:{{x}}/", "80", UrlProblem.ORIGIN),
        ("https://{{x}}@h.io/", "u", UrlProblem.ORIGIN),
        ("https://h.io/#{{x}}", "a", UrlProblem.ORIGIN),
        ("https://h.io/?{{x}}=1", "a", UrlProblem.ORIGIN),
        ("{{x}}/orders", "https://h.io", UrlProblem.ORIGIN),
        ("/orders/{{x}}", "a", UrlProblem.NOT_FULL),
        ("https://h.io/{{x}}/{{a.b}}", "a", UrlProblem.NOT_FULL),
        ("https://h.io/{{x}}/{{y", "a", UrlProblem.NOT_FULL),
    ],
)
def test_values_that_lead_elsewhere_are_faults(url: str, value: str, problem: UrlProblem) -> None:
    fault = resolve_url(url, {"x": value})
    assert isinstance(fault, UrlFault)
    assert fault.problem is problem


def test_a_fault_names_the_variable_and_its_place() -> None:
    url = "https://h.io/{{a}}/{{b}}"
    fault = resolve_url(url, {"a": "fine", "b": "x/y"})
    assert isinstance(fault, UrlFault)
    assert (fault.variables, url[fault.start : fault.end], fault.message) == (
        ("b",),
        "{{b}}",
        "`b` is `x/y`, with `/`, which ends a path segment",
    )


def test_a_fault_of_a_segment_names_all_its_variables() -> None:
    url = "https://h.io/{{a}}{{b}}/c"
    fault = resolve_url(url, {"a": ".", "b": "."})
    assert isinstance(fault, UrlFault)
    assert (fault.variables, url[fault.start : fault.end], fault.message) == (
        ("a", "b"),
        "{{a}}{{b}}",
        "the path segment becomes `..`",
    )


def test_long_values_are_shown_short() -> None:
    fault = resolve_url("https://h.io/{{a}}", {"a": "x" * 100 + "/"})
    assert isinstance(fault, UrlFault)
    assert fault.message == f"`a` is `{'x' * 39}…`, with `/`, which ends a path segment"


def test_a_variable_without_a_value_cannot_be_filled_in() -> None:
    with pytest.raises(MissingVariableError, match="no value for b"):
        resolve_url("https://h.io/{{a}}/{{b}}", {"a": "1"})


def test_what_cannot_stand_in_a_url_is_encoded_behind_the_host() -> None:
    assert encode("https://ü.io:80/a b?q=ü#é%41%") == "https://ü.io:80/a%20b?q=%C3%BC#%C3%A9%41%"


@given(st.text(max_size=20), st.text(max_size=20))
def test_no_value_moves_the_origin_or_adds_to_the_url(first: str, second: str) -> None:
    url = resolve_url("https://api.h.io:8443/a/{{x}}/b?c={{y}}&d=1", {"x": first, "y": second})
    parts = urlsplit(url) if isinstance(url, str) else urlsplit("https://api.h.io:8443/a/x/b?c=1&d=1")
    assert (parts.scheme, parts.netloc, parts.fragment) == ("https", "api.h.io:8443", "")
    assert (parts.path.count("/"), parts.query.count("&"), parts.query[:2]) == (3, 1, "c=")


@given(st.text(alphabet="htps:/?#[]@{}ax.&=\\ %1", max_size=30))
def test_every_placeholder_of_every_text_is_in_a_zone(url: str) -> None:
    assert all(isinstance(zone, Zone) for zone in zones(url))
    assert all(0 <= piece.start <= piece.end <= len(url) for piece in split(url))
    assert malformed(url) is None or isinstance(malformed(url), UrlFault)
