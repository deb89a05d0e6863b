"""The made-up day speaks the vocabulary of its pack."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from beforehand.packs.telecom.day import BROKEN, generate
from rules.language.yaml_source import read_yaml
from rules.workspace.findings import Findings
from rules.workspace.vocabulary_file import read_vocabulary
from streams.dead_letters import DeadLetter
from streams.wire.decoder import Decoder

PACK = Path(__file__).parents[4] / "rules" / "packs" / "telecom"


def decoder() -> Decoder:
    """A decoder of the pack's vocabulary."""
    source = read_yaml("vocabulary.yaml", (PACK / "vocabulary.yaml").read_bytes())
    read = read_vocabulary(Findings(source), lambda path: (PACK / path).read_bytes())
    assert not read.problems
    return Decoder(read.vocabulary)


def test_every_line_is_an_event_of_the_vocabulary(tmp_path: Path) -> None:
    """No line of the day is a dead letter, no field is unknown, and every event type occurs."""
    generate(tmp_path / "day.jsonl", customers=300)
    reading = decoder()
    read = [reading.decode(line) for line in (tmp_path / "day.jsonl").read_bytes().splitlines()]
    assert not [one for one in read if isinstance(one, DeadLetter)]
    assert not reading.ignored
    assert len({one.type for one in read if not isinstance(one, DeadLetter)}) == 12


def test_broken_lines_are_dead_letters_for_different_reasons() -> None:
    """Each broken line is refused, and no two of them for the same reason but those that are no JSON."""
    read = [decoder().decode(line) for line in BROKEN]
    reasons = Counter(one.reason for one in read if isinstance(one, DeadLetter))
    assert sum(reasons.values()) == len(BROKEN)
    assert len(reasons) >= 5
