"""Whatever a producer sends: nothing stops, good lines decide what they decide alone, each bad line is counted once."""

from __future__ import annotations

import gzip
import json
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from streams.dead_letters import DeadLetter, Reason
from streams.stores.sqlite import SqliteStore
from tests.beforehand.cli.commands import VOCABULARY, call, workspace

NOON = "2026-03-02T12:00:00+08:00"
ROOT = Path(__file__).parents[2]


def event(**changes: Any) -> bytes:
    """A sound event of customer c-0, with some of it changed; `...` leaves an attribute out."""
    whole = {
        "id": "bad",
        "source": "meter",
        "type": "data used",
        "subject": "c-0",
        "time": NOON,
        "arrived": NOON,
        "data": {"amount": 9_000_000_000},
    } | changes
    return json.dumps({key: value for key, value in whole.items() if value is not ...}).encode()


def amount(text: str) -> bytes:
    """The event with this amount, as it stands."""
    return event().replace(b"9000000000", text.encode())


#: Reason -> lines that are dead letters for it.
BAD: dict[Reason, list[bytes]] = {
    Reason.NOT_UTF8: [b"\x00\xff\xfe\x80\x01", b"\xc3\x28", bytes(range(128, 256))],
    Reason.NOT_JSON: [
        b"{",
        b"\x1b[2J\x07 garbage",
        b"{'id': 'x'}",
        b'{"id": 1,}',
        event() + event(),
        event() + b"\x00",
        b"[" * 20_000,
        b'{"a":' * 10_000,
        b'{"data":' + b"[" * 30_000 + b"]" * 30_000 + b"}",
    ],
    Reason.NOT_AN_OBJECT: [b"[]", b"17", b'"text"', b"null", b"true"],
    Reason.TOO_LARGE: [event(subject="x" * (1 << 20)), b"y" * 65_537],
    Reason.NO_TYPE: [event(type=...), event(type=""), event(type=None)],
    Reason.UNKNOWN_TYPE: [event(type="teleported"), event(type="\x1b]0;owned\x07")],
    Reason.NO_ID: [event(id=...), event(id="")],
    Reason.NO_CUSTOMER: [event(subject=...), event(subject=""), event(subject=None), event(subject=" ")],
    Reason.BAD_ENVELOPE: [
        event(subject=5),
        event(subject="x" * 2_000),
        event(id="x" * 2_000),
        event(data=[]),
        event(specversion="2.0"),
        event(time=5),
    ],
    Reason.MISSING_FIELD: [event(data={}), event(data=...), event(data={"amount": None})],
    Reason.WRONG_VALUE: [
        amount('"5 CNY"'),
        amount('"5 parsecs"'),
        amount("-1"),
        amount("true"),
        amount("{}"),
        amount("1e999"),
        amount("1E+99999999999999999999"),
        amount("1" + "0" * 300),
    ],
    Reason.NOT_A_NUMBER: [amount("NaN"), amount("-Infinity"), amount("1" * 500)],
    Reason.DUPLICATE_KEY: [
        event()[:-1] + b', "id": "two"}',
        event()[:-1] + b', "i\\u0064": "two"}',
        amount('1, "amount": 2'),
    ],
    Reason.LONE_SURROGATE: [event(subject="\ud800"), event(note="\udfff")],
    Reason.NO_TIME: [event(time=...), event(time="")],
    Reason.BAD_TIME: [
        event(time="yesterday"),
        event(time="2026-03-02T12:00:00"),
        event(time="2026-02-30T12:00:00Z"),
        event(arrived="soon"),
        event(time="0026-03-02T12:00:00Z"),
        event(time="9999-12-31T23:59:59Z", arrived="9999-12-31T23:59:59Z"),
    ],
    Reason.YEAR_MISTYPED: [event(time="2062-03-02T12:00:00+08:00"), event(time="2027-03-02T12:00:00Z", arrived=...)],
}
COUNTS = {reason.value: len(lines) for reason, lines in BAD.items()}
LINES = [line for lines in BAD.values() for line in lines]

#: Not bad, only odd: these act as what they mean.
ODD = [
    event(id="odd-1", unknown={"deep": [1, 2]}, data={"amount": "9 GB", "unknown": None}),
    event(id="odd-2", subject="c-\x1b[31m\u202e", data={"amount": 9_000_000_000}),
    event(id="odd-3", subject="c-\U0001f600", specversion="1.0", datacontenttype="application/json"),
    b"  " + event(id="odd-4", subject="c-4") + b"  ",
]

TOLD = """\
title: That was much
because: Nobody uses so much at once by intention.
when: data used where amount > 8 GB
then:
  guide:
    en: Dear {name}, that was {amount}.
"""


def day() -> list[bytes]:
    """So many good lines that a mistyped year is less than one of a hundred."""
    lines = [
        event(
            id=f"n{number}", subject=f"c-{number % 7}", type="customer changed", data={"name": "\x1b[7mNina\x07\u202e"}
        )
        for number in range(7)
    ]
    for number in range(600):
        time = f"2026-03-02T12:{number // 60:02}:{number % 60:02}+08:00"
        data = {"amount": 9_000_000_000 if number % 5 == 0 else 1}
        lines.append(event(id=str(number), subject=f"c-{number % 7}", time=time, arrived=time, data=data))
    return lines


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose messages say what producers wrote."""
    vocabulary = VOCABULARY.replace("  plan: S | M", "  plan: S | M\n  name: text")
    return workspace(tmp_path_factory.mktemp("bad") / "shop", vocabulary=vocabulary, rule=TOLD)


def mixed() -> list[bytes]:
    """The day, with every bad line somewhere in it."""
    dice, lines = random.Random(7), [*day(), *ODD]
    for bad in LINES:
        lines.insert(dice.randrange(len(lines) + 1), bad)
    return lines


def decided(shop: Path, content: bytes, name: str = "events.jsonl") -> str:
    """All decisions over a file of this content."""
    file = shop.parent / name
    file.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    result = call("run", shop, "--events", file, "--json")
    assert result.exit_code == 0, result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def clean(shop: Path) -> str:
    """The decisions of the good lines alone."""
    said = decided(shop, b"\n".join([*day(), *ODD]) + b"\n")
    assert said.count("\n") == 124
    return said


@pytest.mark.parametrize(
    ("name", "before", "newline", "after"),
    [
        ("unix.jsonl", b"", b"\n", b"\n"),
        ("no-end.jsonl", b"", b"\n", b""),
        ("windows.jsonl", b"\xef\xbb\xbf", b"\r\n", b"\r\n"),
        ("blank.jsonl", b"\n \n", b"\n\n\t\n", b"\n\r\n"),
        ("packed.jsonl.gz", b"", b"\n", b""),
    ],
)
def test_good_lines_decide_what_they_decide_alone(
    shop: Path, clean: str, name: str, before: bytes, newline: bytes, after: bytes
) -> None:
    """Among every fault there is, with any newline, with a byte order mark, without a last newline, compressed."""
    assert decided(shop, before + newline.join(mixed()) + after, name) == clean


def test_each_bad_line_is_kept_once_with_its_reason_and_place(shop: Path, tmp_path: Path) -> None:
    """Reason by reason as many as there are; where the letter says, the line stands."""
    file, lines = tmp_path / "events.jsonl", mixed()
    file.write_bytes(b"\n".join(lines))
    for _ in range(2):  # the second run finds nothing new
        assert call("run", shop, "--events", file, "--state", tmp_path / "state", "--json").exit_code == 0
    content, letters = file.read_bytes(), kept(tmp_path / "state")
    assert Counter(letter.reason.value for letter in letters) == COUNTS
    for letter in letters:
        line = lines[letter.line - 1]
        assert line in BAD[letter.reason]
        assert letter.size == len(line)
        assert content[letter.offset : letter.offset + letter.size] == line
        assert line.startswith(letter.raw)
        assert letter.source == "events.jsonl"


def kept(state: Path) -> list[DeadLetter]:
    """The dead letters of a state."""
    store = SqliteStore(state)
    try:
        return list(store.dead_letters())
    finally:
        store.close()


def test_what_a_terminal_gets_is_shown_and_never_obeyed(shop: Path, tmp_path: Path) -> None:
    """Names, texts, customers, unknown types and examples of dead letters come without control characters."""
    file = tmp_path / "events.jsonl"
    file.write_bytes(b"\n".join(mixed()))
    result = call("run", shop, "--events", file)
    said = result.stdout + result.stderr
    assert "Nina" in said
    assert "teleported" in said or "\\x1b]0;owned" in said
    assert not {sign for sign in said if (ord(sign) < 32 and sign != "\n") or sign in "\x7f\u202e"}
    for reason, count in COUNTS.items():
        assert any(row.split("  ")[0] == reason and f" {count} " in row for row in said.splitlines()), reason


@pytest.mark.parametrize("content", [b"", b"\n\n \r\n", b"\xef\xbb\xbf", b"\n".join(LINES), b"\xff", b"{"])
def test_a_file_without_a_good_line_is_a_run_without_events(shop: Path, tmp_path: Path, content: bytes) -> None:
    """Empty, blank, only bad lines: nothing is decided, and the run ends well."""
    file = tmp_path / "events.jsonl"
    # A year that is mistyped in every line is believed: there is nothing to compare it with.
    file.write_bytes(content.replace(BAD[Reason.YEAR_MISTYPED][1], b""))
    result = call("run", shop, "--events", file)
    assert result.exit_code == 0, result.stderr
    assert "0 events" in result.stdout


def test_a_bad_line_sets_no_clock_for_what_is_appended(shop: Path, tmp_path: Path) -> None:
    """An unknown event of the year 2062 does not make tomorrow's events old news."""
    file, state = tmp_path / "events.jsonl", tmp_path / "state"
    file.write_bytes(day()[0] + b"\n" + event(type="teleported", time="2062-01-01T00:00:00Z", arrived=...) + b"\n")
    assert call("run", shop, "--events", file, "--state", state).exit_code == 0
    with file.open("ab") as more:
        more.write(event(id="later", time="2026-03-02T13:00:00+08:00", arrived=...) + b"\n")
    result = call("run", shop, "--events", file, "--state", state, "--json")
    assert [json.loads(line)["time"] for line in result.stdout.splitlines()] == ["2026-03-02T05:00:00.000Z"]


def test_standard_input_is_answered_line_by_line(shop: Path) -> None:
    """A decision comes out as soon as a later line lets it, while the input is still open; a day ahead is refused."""
    command = [sys.executable, "-m", "beforehand", "run", str(shop), "--events", "-", "--json"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as run:
        assert run.stdin is not None
        assert run.stdout is not None
        for number in range(3):
            ahead = event(id="ahead", time="2026-03-09T12:00:00+08:00", arrived=...)
            for line in (event(id=f"a{number}", time=f"2026-03-02T12:{number}0:00Z", arrived=...), ahead, b"\xff"):
                run.stdin.write(line + b"\n")
            run.stdin.write(
                event(id=f"b{number}", time=f"2026-03-02T12:{number}0:05Z", data={"amount": 1}, arrived=...) + b"\n"
            )
            run.stdin.flush()
            assert json.loads(run.stdout.readline())["event"]["id"] == f"a{number}"
        _, summary = run.communicate()
    assert run.returncode == 0
    said = summary.decode()
    assert "6 events" in said
    letters = said.partition("dead letters")[2]
    assert [row.split("  ")[0] for row in letters.splitlines() if " 3 " in row] == [
        "more than a day ahead",
        "not UTF-8",
    ]
