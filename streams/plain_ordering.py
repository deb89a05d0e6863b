"""Events in the order in which they are taken, and by customer: what `streams.ordering` promises, in plain Python."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from operator import itemgetter

from models.consent import OF_CONSENT, withdraws
from models.events import Event

#: When it is taken (ms), its time, type, source, id and number, and the event itself: the order in which events are
#: taken. The time of a withdrawal is put ahead by `_AHEAD`: it comes before all others of the same moment.
_Entry = tuple[int, int, str, str, str, int, Event]

_AHEAD = 1 << 62
_MOMENT, _NUMBER = itemgetter(0), itemgetter(5)


class Waiting:
    """See `streams.ordering.Waiting`."""

    def __init__(self) -> None:
        #: Those in order, and those that have been added since.
        self._ordered: list[_Entry] = []
        self._added: list[_Entry] = []

    def __len__(self) -> int:
        return len(self._ordered) + len(self._added)

    def add(self, events: Sequence[Event], first: int, step: int, settle: int) -> int | None:
        add = self._added.append
        for number, event in zip(range(first, first + len(events) * step, step), events, strict=True):
            arrived, time, name = event.arrived, event.time, event.type
            taken = arrived - settle
            if name in OF_CONSENT and withdraws(event):
                time -= _AHEAD
            elif time > taken:
                taken = time
            add((taken, time, name, event.source, event.id, number, event))
        return max((event.arrived for event in events), default=None)

    def take(self, until: int | None, finished: list[int] | None = None) -> list[tuple[int, Event]]:
        ordered = self._in_order()
        end = len(ordered) if until is None else bisect_right(ordered, until, key=_MOMENT)
        taken = ordered[:end]
        del ordered[:end]
        if finished is not None:
            finished.extend(map(_NUMBER, taken))
        return [(entry[0], entry[6]) for entry in taken]

    def numbers(self) -> list[int]:
        return [*map(_NUMBER, self._ordered), *map(_NUMBER, self._added)]

    def _in_order(self) -> list[_Entry]:
        ordered, added = self._ordered, self._added
        if added:
            # They come nearly in order, which sorting makes use of, and few of them come before others.
            added.sort()
            begin = bisect_right(ordered, added[0])
            if begin < len(ordered):
                end = bisect_right(added, ordered[-1])
                ordered[begin:] = sorted(ordered[begin:] + added[:end])
                del added[:end]
            ordered += added
            added.clear()
        return ordered


def by_customer(pairs: list[tuple[int, Event]]) -> list[tuple[str, list[tuple[int, Event]]]]:
    """See `streams.ordering.by_customer`."""
    of_customers: defaultdict[str, list[tuple[int, Event]]] = defaultdict(list)
    for pair in pairs:
        of_customers[pair[1].customer].append(pair)
    return list(of_customers.items())
