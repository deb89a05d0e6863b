"""A second reading of the semantics, as plain as it can be said: one customer, a list of what was taken.

It was written from the specification, apart from the engine and its interpreter, and imports nothing of the project.
Every line is looked at after every instant at which anything could have changed.
"""

from __future__ import annotations

import json
from bisect import insort
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.acceptance.calendar_reading import HOUR, MINUTE, Windows, milliseconds
from tests.acceptance.understood import Block, Due, Event, Matched, Moment, Open, Rule, Truth

SETTLE = 3000
FADES = 90 * MINUTE
#: What arrives later than this is old news.
STALE = {"ride rated": 10 * MINUTE}
STALE_ELSE = HOUR
#: How much longer an absence waits.
LATE = {"ride rated": 15 * MINUTE}
REPEATS = HOUR
WIRE = {"com.roller.ride.rated": "ride rated"}
LONG_AGO = -(10**18)


class Customer:
    """All that happens to one customer."""

    def __init__(self, name: str, rules: list[Rule], places: Callable[[Event], set[str]], gaps: list[int]) -> None:
        """`gaps` are the lengths after which something may leave or enter a window."""
        self.name = name
        self.rules = rules
        self.places = places
        self.gaps = gaps
        self.taken: list[Event] = []
        #: By type, in the order of their own time; of equal times the one taken first.
        self.of_type: dict[str, list[Event]] = {}
        self.attributes: dict[str, tuple[int, Any]] = {}
        self.windows: dict[str, Windows] = {}
        self.inside: dict[str, int] = {}
        self.seen_at: int | None = None
        self.position_time = LONG_AGO
        self.truth: dict[tuple[str, str | None], Truth] = {}
        self.armed: set[tuple[str, str | None]] = set()
        self.opened: dict[str, list[Open]] = {rule.id: [] for rule in rules}
        self.matches: dict[str, list[Matched]] = {rule.id: [] for rule in rules}
        self.dues: dict[str, list[Due]] = {rule.id: [] for rule in rules}
        self.values: dict[str, list[str]] = {rule.id: [] for rule in rules}
        self.instants: set[int] = set()
        self.decisions: list[dict[str, Any]] = []
        self.now = 0
        self.completed = False

    def attribute(self, name: str) -> Any:
        """Its value, None where it is missing."""
        return self.attributes.get(name, (0, None))[1]

    # -- time ---------------------------------------------------------------------------------------------------------

    def next_instant(self) -> int | None:
        """The next moment at which time alone could do something."""
        if not self.taken:
            return None
        candidates = set(self.instants)
        candidates |= {windows.end() for windows in self.windows.values()}
        if self.seen_at is not None:
            candidates.add(self.seen_at + FADES)
        view = Moment(self, self.now)
        for rule in self.rules:
            candidates |= {due.at for due in self.dues[rule.id]}
            candidates |= {self.wait_end(rule, each) for each in self.opened[rule.id] if rule.steps[each.step].absent}
            candidates |= set(rule.changes(view))
            if rule.moment:
                candidates |= {at for at, _, _ in rule.moment(view)}
            if rule.stays:
                candidates |= {since + rule.stays[1] for since in self.inside.values()}
        later = [each for each in candidates if each > self.now]
        return min(later) if later else None

    def until(self, end: int) -> None:
        """Let time pass, `end` included."""
        while (at := self.next_instant()) is not None and at <= end:
            self.tick(at)
        self.now = max(self.now, end)

    def tick(self, at: int) -> None:
        """Time alone."""
        view = Moment(self, self.now)
        self.completed = False
        moments = [
            (rule, each, bound)
            for rule in self.rules
            if rule.moment
            for due, each, bound in rule.moment(view)
            if due == at
        ]
        self.now = at
        self.instants = {each for each in self.instants if each > at}
        for windows in self.windows.values():
            while windows.end() <= at:
                windows.pass_on(Moment(self, at).zone, self.attribute("bill day"))
        if self.seen_at is not None and self.seen_at + FADES <= at:
            self.seen_at, self.inside = None, {}
        for rule, each, bound in moments:
            self.match(rule, f"due {at}", each, bound)
        for rule in self.rules:
            if rule.stays:
                for place, since in sorted(self.inside.items()):
                    if since + rule.stays[1] == at and place.split(":")[0] == rule.stays[0]:
                        self.match(rule, f"due {at}", None, {})
            if rule.line:
                self.look(rule, f"due {at}", fresh=True)
            self.end_waits(rule)
            self.run_blocks(rule)
        if self.completed:
            for rule in self.rules:
                for each in self.values[rule.id] if rule.each else [None]:
                    if (rule.id, each) in self.armed:
                        self.armed.discard((rule.id, each))
                        self.match(rule, f"due {at}", each, {})

    # -- an event -----------------------------------------------------------------------------------------------------

    def take(self, event: Event) -> None:
        """One event, after all that time did before it."""
        if any((e.source, e.id) == (event.source, event.id) and event.taken - e.taken < REPEATS for e in self.taken):
            return
        if self.taken:
            self.until(event.taken)
        self.now = event.taken
        before = Moment(self, self.now)
        if not self.taken:
            self.windows = {unit: Windows(unit, self.now, before.zone, None) for unit in ("day", "week", "month")}
            self.begin_lines(before)
            self.windows = {}
        if event.type == "customer changed":
            for name, value in event.data.items():
                if event.time >= self.attributes.get(name, (LONG_AGO, None))[0]:
                    self.attributes[name] = (event.time, value)
        if self.attribute("bill day") is None:
            self.windows.pop("cycle", None)
        for unit in ("day", "week", "month", "cycle"):
            bill_day = self.attribute("bill day")
            if unit not in self.windows and (unit != "cycle" or bill_day is not None):
                self.windows[unit] = Windows(unit, self.now, before.zone, bill_day)
        event.attributes = {name: value for name, (_, value) in self.attributes.items()}
        self.move(event)
        self.taken.append(event)
        insort(self.of_type.setdefault(event.type, []), event, key=lambda e: e.time)
        self.instants |= {event.time + gap for gap in self.gaps if event.time + gap > self.now}
        for rule in self.rules:
            self.apply(rule, event)

    def begin_lines(self, view: Moment) -> None:
        """Before her first event, all is as it is for somebody of whom nothing is known."""
        for rule in self.rules:
            if rule.line and not rule.each:
                self.truth[rule.id, None] = rule.line(view)

    def move(self, event: Event) -> None:
        """Where a position puts her."""
        if event.type not in ("position", "mast seen") or not event.fresh or event.time < self.position_time:
            return
        self.position_time = event.time
        now_inside = self.places(event)
        event.entered = sorted(now_inside - set(self.inside))
        event.left = sorted(set(self.inside) - now_inside)
        self.inside = {place: self.inside.get(place, event.taken) for place in now_inside}
        self.seen_at = event.taken

    def apply(self, rule: Rule, event: Event) -> None:
        """All that an event does in one rule."""
        each = event.data.get(rule.each) if rule.each else None
        if rule.each and event.type in rule.each_types and each is not None and each not in self.values[rule.id]:
            self.values[rule.id].append(each)
            if rule.line:
                earlier = Moment(self, self.now, each)
                # Of a value that was never seen nothing was counted.
                self.of_type[event.type].remove(event)
                self.truth[rule.id, each] = rule.line(earlier)
                insort(self.of_type[event.type], event, key=lambda e: e.time)
        if event.type in rule.stop:
            self.end(rule, event)
        trigger = f"{event.source} {event.id}"
        self.cancel(rule, event)
        if rule.event and event.fresh and rule.event(event):
            self.match(rule, trigger, each, {}, event)
        if rule.line:
            self.look(rule, trigger, event.fresh)
        if rule.steps and event.fresh:
            self.advance(rule, event, each, trigger)
            self.end_waits(rule)

    # -- lines --------------------------------------------------------------------------------------------------------

    def look(self, rule: Rule, trigger: str, fresh: bool) -> None:
        """Has the line been crossed?"""
        assert rule.line
        timer = trigger.startswith("due")
        for each in self.values[rule.id] if rule.each else [None]:
            key = rule.id, each
            after = rule.line(Moment(self, self.now, each))
            before = self.truth.get(key)
            self.truth[key] = after
            if before is False and after is True and not fresh:
                self.armed.add(key)
            elif (before is False and after is True) or (key in self.armed and after is True and not timer and fresh):
                self.armed.discard(key)
                self.match(rule, trigger, each, {})
            if after is not True:
                self.armed.discard(key)

    # -- sequences ----------------------------------------------------------------------------------------------------

    def base(self, rule: Rule, one: Open) -> int:
        """From when the step under way counts."""
        after = rule.steps[one.step].after
        return one.starts[after] if after else one.at

    def wait_end(self, rule: Rule, one: Open) -> int:
        """When an absence is over."""
        step = rule.steps[one.step]
        # Counted from an earlier step it may be over when it begins: then at once.
        return max(one.at, self.base(rule, one) + step.within + step.lateness)

    def ends_wait(self, rule: Rule, one: Open, event: Event) -> bool:
        """Is it what must not happen, within the wait by its own time?"""
        step = rule.steps[one.step]
        begins = one.bound[step.after].time if step.after else one.last_time
        within = begins <= event.time < self.base(rule, one) + step.within
        return within and self.same(rule, one.each, event) and step.kind(event) and step.where(event, one.bound)

    def ended_before(self, rule: Rule, one: Open, made_by: Event) -> bool:
        """Has a wait that counts from an earlier step been ended before it was reached?"""
        after = rule.steps[one.step].after
        if not rule.steps[one.step].absent or after is None:
            return False
        since = self.taken[self.taken.index(one.bound[after]) + 1 :]
        return any(self.ends_wait(rule, one, event) for event in since if event is not made_by)

    def cancel(self, rule: Rule, event: Event) -> None:
        """What happens within a wait ends it, old news too."""
        for one in list(self.opened[rule.id]):
            if rule.steps[one.step].absent and self.ends_wait(rule, one, event):
                self.opened[rule.id].remove(one)
        for due in list(self.dues[rule.id]):
            same = self.same(rule, due.match.each, event)
            if (
                event.type in due.block.without
                and same
                and due.match.time <= event.time < due.match.at + due.block.delay
            ):
                self.dues[rule.id].remove(due)
                self.settle_match(due.match)

    @staticmethod
    def same(rule: Rule, each: str | None, event: Event) -> bool:
        """Has it the value that this is kept apart by, or no such field?"""
        return not rule.each or event.data.get(rule.each) in (None, each)

    def close(self, rule: Rule, each: str | None) -> None:
        """A match closes all that is open of its value."""
        self.opened[rule.id] = [one for one in self.opened[rule.id] if one.each != each]

    def end_waits(self, rule: Rule) -> None:
        """An absence whose time is up."""
        for one in reversed(list(self.opened[rule.id])):
            if one not in self.opened[rule.id] or not rule.steps[one.step].absent:
                continue
            end = self.wait_end(rule, one)
            if end <= self.now:
                self.opened[rule.id].remove(one)
                if one.step + 1 < len(rule.steps):
                    self.opened[rule.id].append(replace(one, at=end, last_time=end, step=one.step + 1))
                elif self.match(rule, f"due {self.now}", one.each, one.bound):
                    self.close(rule, one.each)

    def advance(self, rule: Rule, event: Event, each: str | None, trigger: str) -> None:
        """A fresh event moves what is open, and may open."""
        fits = []
        for one in self.opened[rule.id]:
            step = rule.steps[one.step]
            in_time = not step.absent and event.taken - self.base(rule, one) < step.within
            in_time = in_time and self.same(rule, one.each, event)
            if in_time and event.time >= one.last_time and step.kind(event) and step.where(event, one.bound):
                fits.append(one)
        done: list[Open] = []
        for one in fits:
            further = one.advanced(rule.steps[one.step], event)
            if further.step < len(rule.steps):
                if self.ended_before(rule, further, event):
                    continue
                self.opened[rule.id].append(further)
            else:
                done.append(further)
        for further in reversed(done):
            if self.match(rule, trigger, each, further.bound, event):
                self.close(rule, each)
                break
        first = rule.steps[0]
        if first.kind(event) and first.where(event, {}):
            one = Open({}, each, event.taken, event.time)
            if first.name:
                one.bound[first.name] = event
                one.starts[first.name] = event.taken
            self.opened[rule.id].append(one)

    # -- matches ------------------------------------------------------------------------------------------------------

    def match(
        self, rule: Rule, trigger: str, each: str | None, bound: dict[str, Event], event: Event | None = None
    ) -> bool:
        """The situation is complete: is it a match? What `at most` refuses is one, too."""
        self.completed = True
        view = Moment(self, self.now, each, bound, event)
        if rule.runs and not rule.runs[0] <= view.local.date() <= rule.runs[1]:
            return False
        if any(holds(view) is not True for holds in rule.only_if) or any(h(view) is not False for h in rule.unless):
            return False
        one = Matched(self.now, event.time if event else self.now, each, trigger, bound)
        reason = next((text for count, period, text in rule.at_most if self.used(rule, one, period) >= count), None)
        if reason:
            for block in rule.blocks:
                if not block.delay:
                    for kind in block.kinds:
                        self.decide(rule, one, kind, "suppressed", reason)
            return True
        self.matches[rule.id].append(one)
        one.waiting = len(rule.blocks)
        for block in rule.blocks:
            if block.delay:
                late = max((LATE.get(type_, 0) for type_ in block.without), default=0)
                self.dues[rule.id].append(Due(self.now + block.delay + late, one, block))
            else:
                self.act(rule, one, block)
        return True

    def used(self, rule: Rule, one: Matched, period: str | int) -> int:
        """How many matches count."""
        start = LONG_AGO
        if isinstance(period, int):
            start = self.now - period + 1
        elif period != "ever":
            windows = self.windows.get(period) or self.windows["month"]
            start = windows.span(0, 0)[0]
        return sum(1 for m in self.matches[rule.id] if m.counts and m.each == one.each and m.at >= start)

    def run_blocks(self, rule: Rule) -> None:
        """Blocks whose time has come."""
        for due in sorted(self.dues[rule.id], key=lambda due: due.at):
            if due.at <= self.now:
                self.completed = True
                self.dues[rule.id].remove(due)
                self.act(rule, due.match, due.block)

    def act(self, rule: Rule, one: Matched, block: Block) -> None:
        """The actions of a block."""
        view = Moment(self, self.now, one.each, one.bound)
        if all(holds(view) is True for holds in block.only_if):
            missing = next((name for name, value in block.needs if value(view) is None), None)
            for kind in block.kinds:
                channels = [None] if kind == "task" else self.channels(block)
                if missing:
                    self.decide(rule, one, kind, "suppressed", f"no value for {missing}")
                elif not channels:
                    self.decide(rule, one, kind, "suppressed", "not reachable")
                else:
                    self.decide(rule, one, kind, "sent", None, channels)
                    one.sent = True
        self.settle_match(one)

    def channels(self, block: Block) -> list[str]:
        """The first that reaches her, her own before others; or each of them."""
        reachable, own = self.attribute("reachable by"), self.attribute("channel")
        ordered = sorted(block.channels, key=lambda name: name != own)
        found = [name for name in ordered if reachable is None or name in reachable]
        return found if block.every_channel else found[:1]

    def settle_match(self, one: Matched) -> None:
        """A match of which nothing was sent is given back."""
        one.waiting -= 1
        if one.waiting == 0 and not one.sent:
            one.counts = False

    def end(self, rule: Rule, event: Event) -> None:
        """`stop when`."""
        self.opened[rule.id] = [one for one in self.opened[rule.id] if not self.same(rule, one.each, event)]
        for due in list(self.dues[rule.id]):
            if self.same(rule, due.match.each, event):
                self.dues[rule.id].remove(due)
                for kind in due.block.kinds:
                    self.decide(rule, due.match, kind, "superseded", "stop when")
                self.settle_match(due.match)

    def decide(
        self, rule: Rule, one: Matched, kind: str, outcome: str, reason: str | None, channels: Sequence[str | None] = ()
    ) -> None:
        """Write down a decision."""
        self.decisions.append(
            {
                "time": self.now,
                "customer": self.name,
                "rule": rule.id,
                "each": one.each,
                "kind": kind,
                "outcome": outcome,
                "reason": reason,
                "channel": channels[0] if channels else None,
                "channels": channels if len(channels) > 1 else (),
                "trigger": one.trigger,
            }
        )


def instant(text: str) -> int:
    """ISO 8601 to milliseconds."""
    return milliseconds(datetime.fromisoformat(text))


def read(lines: Iterable[str], value: Callable[[str, str, Any], Any]) -> tuple[dict[str, list[Event]], int]:
    """Events of each customer in the order they are taken, and the last arrival."""
    customers: dict[str, list[Event]] = {}
    end = 0
    for line in lines:
        raw = json.loads(line)
        when = instant(raw["time"])
        arrived = instant(raw["arrived"]) if "arrived" in raw else when
        end = max(end, arrived)
        kind = WIRE.get(raw["type"], raw["type"])
        data = {name: value(kind, name, each) for name, each in raw.get("data", {}).items()}
        fresh = arrived - when <= STALE.get(kind, STALE_ELSE)
        event = Event(kind, when, max(when, arrived - SETTLE), fresh, raw.get("source", "file"), raw["id"], data)
        customers.setdefault(raw["subject"], []).append(event)
    for events in customers.values():
        events.sort(key=lambda e: (e.taken, e.time, e.type, e.source, e.id))
    return customers, end


def decisions(
    path: Path,
    rules: list[Rule],
    places: Callable[[Event], set[str]],
    gaps: list[int],
    value: Callable[[str, str, Any], Any],
) -> list[dict[str, Any]]:
    """All decisions on a file of events."""
    with path.open(encoding="utf-8") as file:
        customers, end = read(file, value)
    found: list[dict[str, Any]] = []
    for name, events in customers.items():
        customer = Customer(name, rules, places, gaps)
        for event in events:
            customer.take(event)
        customer.until(end)
        found.extend(customer.decisions)
    return found
