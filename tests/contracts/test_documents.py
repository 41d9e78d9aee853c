"""YAML and JSON of users: what is refused, and with which line."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.documents import DEEPEST, parse_yaml, read_json, read_yaml
from procortex.utilities.errors import MOST_FINDINGS, InputError

LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
CHAIN = "a0: &a0 [x]\n" + "".join(f"a{k + 1}: &a{k + 1} [*a{k}]\n" for k in range(DEEPEST))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("\ufeffa: 1", {"a": 1}),
        ("a: &x {b: 1}\nc:\n  <<: *x\n  b: 2", {"a": {"b": 1}, "c": {"b": 2}}),
        ("a: &x [1]\nb: *x", {"a": [1], "b": [1]}),
        ("a: 2024-05-01\n2024-05-02: b", {"a": "2024-05-01", "2024-05-02": "b"}),
        ("a: !!str 46", {"a": "46"}),
        ("a: [0, -0, 1_000, 0x10, 0.5, -1e3, 1.0e+3, '010', '16:40']", {"a": [0, 0, 1000, 16, 0.5, "-1e3", 1000.0, "010", "16:40"]}),
        ("46: [V1, 46]\n1.5:", {46: ["V1", 46], 1.5: None}),
    ],
)
def test_plain_values_are_read(text: str, value: object) -> None:
    assert parse_yaml(text, "here") == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3", "lines 1 and 3: a is given twice, expected once"),
        ("s:\n  g: {x: 1,\n     x: 2}", "lines 2 and 3: x is given twice, expected once"),
        ("1: a\n'1': b", "lines 1 and 2: 1 is given twice, expected once"),
        ("x: &x {a: 1}\ny:\n  <<: *x\n  <<: *x", "lines 3 and 4: << is given twice, expected once"),
        ("{a: 1, a: 2}", "a is given twice, expected once"),
        (f"{'a' * 900}: 1\n{'a' * 900}: 2", f"lines 1 and 2: {'a' * 40}... is given twice, expected once"),
        ("a:\n  on: 1", "line 2: the key on is read as true, expected a name; put it in quotes"),
        ("~: 1", "the key ~ is read as null, expected a name; put it in quotes"),
        ("[a]: 1", "a key is a list or a mapping, expected a name"),
        ("a: " + "[" * 3000 + "]" * 3000, f"is nested more than {DEEPEST} levels deep"),
        ("a: " + "[" * 100_000, f"is nested more than {DEEPEST} levels deep"),
        (CHAIN, f"line {DEEPEST}: is nested more than {DEEPEST} levels deep"),
        (LAUGHS, "line 6: stands for more than 500,000 values, expected fewer"),
        ("a: &a [*a]", "the alias *a stands within what it refers to, expected values without end"),
        ("<<: &x {<<: *x}", "the alias *x stands within what it refers to, expected values without end"),
        ("a: " + "1" * 5000, f"{'1' * 40}... is an integer of 5,000 characters, expected fewer"),
        ("a: 0x" + "f" * 5000, f"0x{'f' * 38}... is an integer of 5,002 characters, expected fewer"),
        ("a: 2024-13-40", "2024-13-40 cannot be read (month must be in 1..12); put a text in quotes"),
        ("a:\n  b: 02000", "line 2: 02000 is read as 1,024 (to the base of 8), expected a decimal number without leading zeros;"),
        ("a: -0_17", "-0_17 is read as -15 (to the base of 8), expected a decimal number"),
        ("a: 16:40", "16:40 is read as 1,000 (in sixties, as hours and minutes), expected a decimal number"),
        ("a: 1:30.5", "1:30.5 is read as 90.5 (in sixties, as hours and minutes), expected a decimal number"),
        ("10:30: {}", "10:30 is read as 630 (in sixties, as hours and minutes), expected a decimal number"),
        ("a: 0x_", "0x_ cannot be read (invalid literal for int() with base 16: ''); put a text in quotes"),
        ('a: "b\\0c"', "a text holds the control character '\\x00', expected text"),
        ('a: "\\ud800"', "a text holds the control character '\\ud800', expected text"),
        ("a: !!python/object/apply:os.system [ls]", "the tag !!python/object/apply:os.system is not expected, expected plain values"),
        ("a: !!int b", "the tag !!int is not expected, expected plain values"),
        ("a: b: c\nd: 1", "not valid YAML (line 1, column 5: mapping values are not allowed here)"),
        ("a: 1\n---\nb: 1", "not valid YAML (line 2, column 1: but found another document)"),
        ("a: \x01", "not valid YAML (unacceptable character #x0001"),
    ],
)
def test_other_yaml_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_yaml(text, "here")
    (line,) = str(caught.value).split("\n")
    assert line.startswith(f"here: {message}")


def test_a_message_shows_the_first_findings() -> None:
    with pytest.raises(InputError) as caught:
        parse_yaml("a: 1\n" * 2_000, "here")
    shown = str(caught.value).split("\n")
    assert (len(shown), shown[-1]) == (MOST_FINDINGS + 1, f"and {1_999 - MOST_FINDINGS:,} more findings")
    assert len(caught.value.findings) == 1_999
    assert shown[:-1] == caught.value.findings[:MOST_FINDINGS]


def test_every_key_that_stands_twice_is_named() -> None:
    with pytest.raises(InputError) as caught:
        parse_yaml("a: 1\nb:\n  c: 2\n  c: 3\na: 4", "here")
    assert str(caught.value).split("\n") == [
        "here: lines 1 and 5: a is given twice, expected once",
        "here: lines 3 and 4: c is given twice, expected once",
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a: 1\n# Gr\xf6\xdfe", "line 2: byte 0xf6 is not UTF-8 (Latin-1 or Windows-1252?); save the file as UTF-8"),
        ("a: 1".encode("utf-16"), "is text in UTF-16, expected a text in UTF-8 (of a spreadsheet: CSV)"),
        (b"# " + b"x" * 2**24, "is larger than 16 MiB, expected a smaller text in UTF-8"),
    ],
)
def test_a_file_is_text_of_bounded_size(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    for read in (lambda: read_yaml(path), lambda: read_json(path, "something")):
        with pytest.raises(InputError) as caught:
            read()
        assert str(caught.value) == f"{path}: {message}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * 100_000, "is nested too deeply; expected rates"),
        ('{"a": 1' + "0" * 400 + "}", f"not valid JSON (1{'0' * 39}... is an integer of 401 characters); expected rates"),
        ('{"a": 1e400}', "not valid JSON (1e400 is too large for a number); expected rates"),
        ('{"a": NaN}', "not valid JSON (NaN is no finite number); expected rates"),
        ('{"a": -Infinity}', "not valid JSON (-Infinity is no finite number); expected rates"),
        ('{"V1": {"23E": 1,\n"23E": 2}}', "lines 1 and 2: 23E is given twice, expected once"),
        ('{"a": 1,\n\t"a": 2}', "lines 1 and 2: a is given twice, expected once"),
        ("", "not valid JSON (Expecting value"),
    ],
)
def test_json_is_read_as_strictly(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "rates.json"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_json(path, "rates")
    (line,) = str(caught.value).split("\n")
    assert line.startswith(f"{path}: {message}")


def test_a_byte_order_mark_is_no_part_of_json(tmp_path: Path) -> None:
    path = tmp_path / "rates.json"
    path.write_text('\ufeff{"V1": {"23E": 1}}', encoding="utf-8")
    assert read_json(path, "rates") == {"V1": {"23E": 1}}
