"""The picture of the figures."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from benchmarks.measure import Figures, RecordBytes
from benchmarks.picture import picture
from benchmarks.spread import Spread


def _figures(rules: int, rate: float) -> Figures:
    one = Spread(rate, rate, rate)
    return Figures(
        rules, True, 1.0, 1.0, one, one, one, one, one, one, one, one, 1.0, RecordBytes(1, 1, 1, 1), 1, one, 2.0, 1, 0
    )


def test_the_longest_bar_is_the_fastest() -> None:
    """Every row has a bar within the picture, and a rate twice as high has a bar twice as long."""
    root = ET.fromstring(picture([_figures(10, 100_000.0), _figures(1_000, 50_000.0)], "one run <of> ours"))
    space = "{http://www.w3.org/2000/svg}"
    bars = [int(bar.attrib["width"]) for bar in root.iter(f"{space}rect")][1:]
    assert bars[:4] == [480, 480, 240, 240]
    assert all(0 < bar <= 480 for bar in bars)
    assert any("1,000 rules" in (text.text or "") for text in root.iter(f"{space}text"))
