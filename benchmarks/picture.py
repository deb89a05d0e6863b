"""The figures as a picture (SVG): events a second against the naive loop, and the parts of an event's time."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from benchmarks.measure import Figures

_WIDTH, _LEFT, _ROW = 760, 170, 26
_BAR = _WIDTH - _LEFT - 110
_OURS, _NAIVE = "#1f6feb", "#b0b8c1"
_PARTS = (("decode", "#7ee0c0"), ("taking", "#f2cc60"), ("engine", "#1f6feb"))


def picture(figures: list[Figures], about: str) -> str:
    """An SVG document; `about` says of what run."""
    rows = [*_speeds(figures), *_parts(figures)]
    height = _ROW * (len(rows) + 2)
    body = "\n".join(row.replace("{y}", str(_ROW * (number + 1))) for number, row in enumerate(rows))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        f'font-family="sans-serif" font-size="13" role="img" aria-label="{escape(about)}">\n'
        f'<rect width="{_WIDTH}" height="{height}" fill="white"/>\n{body}\n'
        f'<text x="10" y="{height - 8}" fill="#57606a" font-size="11">{escape(about)}</text>\n</svg>\n'
    )


def _speeds(figures: list[Figures]) -> Iterator[str]:
    most = max(max(one.events_per_second.median, one.naive_per_second.median) for one in figures)
    yield _title("Events a second on one core (blue; the naive loop is grey)")
    for one in figures:
        for rate, colour, name in (
            (one.events_per_second.median, _OURS, _named(one)),
            (one.naive_per_second.median, _NAIVE, ""),
        ):
            length = max(1, round(_BAR * rate / most))
            yield _label(name) + _bar(_LEFT, length, colour) + _figure(_LEFT + length, f"{rate:,.0f}")


def _parts(figures: list[Figures]) -> Iterator[str]:
    most = max(one.decode.median + one.taking.median + one.engine.median for one in figures)
    yield _title("Microseconds an event: decoding (green), putting in order (yellow), the engine (blue)")
    for one in figures:
        x, text = _LEFT, _label(_named(one))
        for part, colour in _PARTS:
            length = round(_BAR * getattr(one, part).median / most)
            text += _bar(x, length, colour)
            x += length
        yield text + _figure(x, f"{one.decode.median + one.taking.median + one.engine.median:,.1f}")


def _named(one: Figures) -> str:
    return f"{one.rules:,} rules" + ("" if one.shared else ", unshared")


def _title(text: str) -> str:
    return f'<text x="10" y="{{y}}" font-weight="bold">{escape(text)}</text>'


def _label(text: str) -> str:
    return f'<text x="{_LEFT - 8}" y="{{y}}" text-anchor="end">{escape(text)}</text>'


def _bar(x: int, length: int, colour: str) -> str:
    # Its lower edge is where the text stands.
    return f'<g transform="translate(0 -13)"><rect x="{x}" y="{{y}}" width="{length}" height="16" fill="{colour}"/></g>'


def _figure(x: int, text: str) -> str:
    return f'<text x="{x + 6}" y="{{y}}" fill="#57606a">{text}</text>'
