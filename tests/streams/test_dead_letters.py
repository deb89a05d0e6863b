"""Dead letters as lines of JSON."""

from __future__ import annotations

import json

from streams.dead_letters import DeadLetter, Reason, decode_dead_letter, encode_dead_letter


def test_a_dead_letter_is_a_line_that_people_and_programs_can_read() -> None:
    """Bytes that are text are shown as text, others in base64; both come back."""
    text = DeadLetter(Reason.NOT_JSON, "why", "caf\u00e9 \x1b[2J\n".encode(), 10, "e.jsonl", 3, 99)
    written = encode_dead_letter(text)
    assert json.loads(written) == {
        "reason": "not JSON",
        "detail": "why",
        "source": "e.jsonl",
        "line": 3,
        "offset": 99,
        "size": 10,
        "raw": "caf\u00e9 \x1b[2J\n",
    }
    assert not any(byte < 32 for byte in written)
    other = DeadLetter(Reason.NOT_UTF8, "why", b"\xff\x00", 2)
    assert json.loads(encode_dead_letter(other))["raw_base64"] == "/wA="
    for letter in (text, other):
        assert decode_dead_letter(encode_dead_letter(letter)) == letter
