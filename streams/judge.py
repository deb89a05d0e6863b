"""From a situation to decisions: conditions, `at most`, blocks, and the one terminal decision of each action."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from models.decisions import NO_LONGER, ActionKind, Decision, Outcome
from models.events import Event
from models.moments import date_of
from models.types import Value
from rules.compile.view import View
from rules.facts.chains import advance
from rules.facts.repeats import is_decided
from rules.facts.table import reach
from rules.facts.takings import REMEMBERED_FOR
from rules.program import Judged, Program, RuleProgram
from rules.record import Match, Pending, Record
from rules.situations import pairs, sequences
from rules.situations.found import EventTrigger, Found, TimerTrigger, Trigger
from rules.situations.timers import TimerKind, set_timer
from rules.typed import After, CalendarUnit, CalendarWindow, Cap, Ever, Rule, Sliding
from streams.blocks import ReadyBlock
from streams.deciding import Decider
from streams.policy.quiet_hours import Actions, gate


class Note(Struct, frozen=True):
    """Something that did not become a decision, and why: `line` is what stopped it, or `old news`.

    `block` is the number of the block whose own line it is; `view` is the moment as it was judged, to be looked at
    while the listener is told and not kept.
    """

    rule: str
    customer: str
    at: int
    line: str
    trigger: Trigger
    view: View
    block: int | None = None


#: Told of every situation that did not become a match.
Listener = Callable[[Note], None]


#: (To look a member up in its class takes as long as a call.)
_SENT, _CONTROL, _SUPPRESSED, _TASK = Outcome.SENT, Outcome.CONTROL, Outcome.SUPPRESSED, ActionKind.TASK


class Judge:
    """Judges the situations of one rule set."""

    def __init__(self, program: Program, decider: Decider, listener: Listener | None = None) -> None:
        self.program = program
        self._rules = program.rules
        self.decider = decider
        self.listener = listener
        vocabulary = program.plan.vocabulary
        stale = (vocabulary.stale_after, *(event.stale_after for event in vocabulary.events.values()))
        #: How long an event may be told again and be no repeat, but still fresh (ms).
        self._told_again = max(REMEMBERED_FOR, *stale)

    # ---------------------------------------------------------------- situations

    def judge_all(self, view: View, found: list[Found]) -> list[Decision]:
        """Judge in order of rules. Of partial matches of a sequence completed together, the first that passes is it."""
        return self.matches(view, found)[0]

    def matches(self, view: View, found: list[Found]) -> tuple[list[Decision], Found | None]:
        """The same, and the first of the situations, in the order in which they were found, that was a match."""
        if len(found) == 1:
            one = found[0]
            made = self.judge(self._rules[one.rule], one, view)
            return ([], None) if made is None else (made, one)
        decisions: list[Decision] = []
        matched: set[tuple[int, Value]] = set()
        matches: list[Found] = []
        for one in sorted(found, key=Found.order):
            rule = self._rules[one.rule]
            if rule.steps and (one.rule, one.each) in matched:
                continue
            made = self.judge(rule, one, view)
            if made is not None:
                matches.append(one)
                matched.add((one.rule, one.each))
                decisions.extend(made)
        return decisions, next((one for one in found if any(one is match for match in matches)), None)

    def refuses(self, number: int, view: View) -> bool:
        """Whether its own lines stop a rule, where nothing is bound and nobody is told: so it is no match."""
        try:
            return self.listener is None and _stopped_by(self._rules[number], view) is not None
        except Exception:  # noqa: BLE001  # it decides `rule error`, when it is judged
            return False

    def judge(self, one: RuleProgram, found: Found, view: View) -> list[Decision] | None:
        """A situation is complete: what comes of it now, or None if it is no match."""
        view.bound, view.each = found.bound, found.each
        try:
            stopped_by = _stopped_by(one, view)
        except Exception:  # noqa: BLE001  # whatever a rule does, the others go on: it decides `rule error`
            return self._rule_error(one, found, view)
        if stopped_by is not None:
            if self.listener is not None:
                self._tell(one.rule, view, stopped_by, found.trigger)
            return None
        record = view.record
        if one.pair is not None:
            pairs.close(one, record)
        elif one.steps:
            sequences.close(record, one.rule.id, found.each)
        match = _match(one, found, view)
        if self._decided_before(match, view):
            return []
        cap = self._refusing_cap(one.rule, match, view)
        if cap is not None:
            self._tell(one.rule, view, f"at most {cap.text}", found.trigger)
            return self._refused(one, match, view, f"at most {cap.text}")
        return self._begin(one, match, view)

    def _decided_before(self, match: Match, view: View) -> bool:
        """Whether the same event has brought this match before: every candidate is decided once."""
        before = is_decided(view.record, match, view.now, self._told_again)
        if before:
            view.record.count("decided before")
        return before

    def _begin(self, one: RuleProgram, match: Match, view: View) -> list[Decision]:
        record = view.record
        decisions: list[Decision] = []
        blocks = self.decider.blocks(one)
        for block in blocks:
            if block.after is not None:
                due = match.taken + block.after.delay + self._lateness(block.after)
                match.pending.append(Pending(block.place, due, block.keys))
                set_timer(record, due, TimerKind.AFTER, one.rule.id)
        for block in blocks:
            if block.after is None:
                decisions += self._decide(one, match, block, view)
        if one.rule.at_most or match.pending:
            kept = record.matches.setdefault(one.rule.id, [])
            kept[:] = [earlier for earlier in kept if self._still_counts(one.rule, earlier, view)]
            kept.append(match)
        self.settle(record, match)
        return decisions

    def _lateness(self, after: After) -> int:
        events = self.program.plan.vocabulary.events
        return max((events[it.event].arrives_within for it in after.without if it.event in events), default=0)

    def _decide(self, one: RuleProgram, match: Match, block: ReadyBlock, view: View) -> list[Decision]:
        """The decisions of one block, if its own conditions hold."""
        view.bound, view.each = match.bound, match.each
        try:
            stopped_by = _stopping(block.lines, view)
            if stopped_by is not None:
                self._tell(one.rule, view, stopped_by, _trigger_of(match), block.place)
                return []
            return self._pass_gates(one, match, block, view, block.keys)
        except Exception:  # noqa: BLE001  # as above
            return self._all(one, match, block, view, "rule error")

    def _release(self, one: RuleProgram, match: Match, entry: Pending, view: View) -> list[Decision]:
        """What was held of a block, if all conditions still hold."""
        view.bound, view.each = match.bound, match.each
        block, actions = self.decider.blocks(one)[entry.block], entry.actions
        try:
            stopped_by = _stopped_by(one, view) if block.after is None else None
            stopped_by = stopped_by or _stopping(block.lines, view)
            if stopped_by is None:
                return self._pass_gates(one, match, block, view, actions)
            reason = f"{NO_LONGER}{stopped_by}"
        except Exception:  # noqa: BLE001  # as above
            reason = "rule error"
        return self.decider.all(one, match, block, view, _SUPPRESSED, reason, actions)

    def _pass_gates(
        self, one: RuleProgram, match: Match, block: ReadyBlock, view: View, actions: Actions
    ) -> list[Decision]:
        """The decisions of these actions of a block; what is held is decided when it is released."""
        hours = self.decider.terms.quiet_hours
        if not hours:
            return self._speak(one, match, block, view, actions, ())
        passed = gate(hours, actions, view.record.zone, view.now)
        at_once = tuple(action for action in actions if action not in passed.held)
        decisions = self._speak(one, match, block, view, at_once, passed.refused) if at_once else []
        if passed.held:
            match.pending.append(Pending(block.place, passed.until, passed.held, held=True))
            set_timer(view.record, passed.until, TimerKind.AFTER, one.rule.id)
        return decisions

    def _speak(
        self, one: RuleProgram, match: Match, block: ReadyBlock, view: View, actions: Actions, refused: Actions
    ) -> list[Decision]:
        """The decisions of these actions; those that are `refused` end."""
        decisions = self.decider.decide(one, match, block, view, actions, refused)
        for decision in decisions:
            if decision.outcome is _SENT or decision.outcome is _CONTROL:
                match.used = True
            if decision.kind is _TASK:
                match.tasks += (decision.id,)
        return decisions

    def _refused(self, one: RuleProgram, match: Match, view: View, reason: str) -> list[Decision]:
        """`at most` says no: the immediate blocks that would have spoken are suppressed."""
        decisions: list[Decision] = []
        for block in self.decider.blocks(one):
            if block.after is None and _stopping(block.lines, view) is None:
                decisions += self._all(one, match, block, view, reason)
        return decisions

    def _rule_error(self, one: RuleProgram, found: Found, view: View) -> list[Decision]:
        match = _match(one, found, view)
        decisions: list[Decision] = []
        if self._decided_before(match, view):
            return decisions
        for block in self.decider.blocks(one):
            if block.after is None:
                decisions += self._all(one, match, block, view, "rule error")
        return decisions

    def _all(self, one: RuleProgram, match: Match, block: ReadyBlock, view: View, reason: str) -> list[Decision]:
        """All actions of a block are suppressed."""
        return self.decider.all(one, match, block, view, _SUPPRESSED, reason, block.keys)

    # ------------------------------------------------------------------- at most

    def _refusing_cap(self, rule: Rule, match: Match, view: View) -> Cap | None:
        if not rule.at_most:
            return None
        earlier = [one for one in view.record.matches.get(rule.id, ()) if one.each == match.each]
        for cap in rule.at_most:
            since = self._since(cap, view)
            if sum(one.taken > since for one in earlier) >= cap.number:
                return cap
        return None

    def _since(self, cap: Cap, view: View) -> int:
        """Matches taken after this moment count."""
        match cap.window:
            case Sliding(length=length):
                return view.now - length
            case CalendarWindow(unit=unit):
                if unit is CalendarUnit.BILLING_CYCLE and view.record.bill_day is None:
                    unit = CalendarUnit.MONTH
                chain = advance(view.record, unit, self.program.plan.backs.get(unit, 0), view.now)
                assert chain is not None
                return chain[-2] - 1
            case Ever():
                return -(1 << 62)

    def _still_counts(self, rule: Rule, match: Match, view: View) -> bool:
        """Whether a match may still count. A change of calendar can make a window begin earlier than it does now."""
        return bool(match.pending) or any(
            isinstance(cap.window, Ever) or match.taken > view.now - reach(cap.window) for cap in rule.at_most
        )

    def settle(self, record: Record, match: Match) -> None:
        """A match is given back when nothing of it was used and nothing is to come."""
        if match.pending:
            return
        match.bound = ()  # what is left only counts in `at most`
        kept = record.matches.get(match.rule)
        if kept and match in kept and (not match.used or not self._has_caps(match.rule)):
            kept.remove(match)
            if not kept:
                del record.matches[match.rule]

    def _has_caps(self, rule: str) -> bool:
        number = self.program.number_of.get(rule)
        return number is not None and bool(self.program.plan.rules[number].at_most)

    # -------------------------------------------------------------------- blocks

    def due_blocks(self, record: Record, rule: str, now: int) -> list[tuple[Match, Pending]]:
        """Take out the blocks of a rule that are due now, oldest match first."""
        due: list[tuple[Match, Pending]] = []
        for match in record.matches.get(rule, ()):
            ready = [entry for entry in match.pending if entry.due <= now]
            match.pending = [entry for entry in match.pending if entry.due > now]
            due.extend((match, entry) for entry in sorted(ready, key=lambda entry: entry.block))
        return due

    def run_block(self, one: RuleProgram, match: Match, entry: Pending, view: View) -> list[Decision]:
        """A block with `after` comes up, or what was held is released. When all have, `settle` their matches."""
        if entry.held:
            return self._release(one, match, entry, view)
        return self._decide(one, match, self.decider.blocks(one)[entry.block], view)

    def end_block(self, record: Record, match: Match, place: int) -> None:
        """What the block was waiting to be absent has happened."""
        match.pending = [entry for entry in match.pending if entry.block != place or entry.held]
        self.settle(record, match)

    def supersede(self, one: RuleProgram, match: Match, view: View) -> list[Decision]:
        """`stop when`: the blocks still to come end as `superseded`."""
        decisions: list[Decision] = []
        view.bound, view.each = match.bound, match.each
        for entry in match.pending:
            block = self.decider.blocks(one)[entry.block]
            decisions += self.decider.all(one, match, block, view, Outcome.SUPERSEDED, "stop when", entry.actions)
        match.pending = []
        self.settle(view.record, match)
        return decisions

    # --------------------------------------------------------------------- notes

    def would_have_fired(self, rule: Rule, record: Record, event: Event) -> None:
        """Old news fits a rule's event: counted and listed."""
        record.count("would have fired")
        trigger = EventTrigger(event.source, event.id, event.time)
        self._tell(rule, View(record, record.taken), "old news", trigger)

    def _tell(self, rule: Rule, view: View, line: str, trigger: Trigger, block: int | None = None) -> None:
        if self.listener is not None:
            self.listener(Note(rule.id, view.record.customer, view.now, line, trigger, view, block))


def _match(one: RuleProgram, found: Found, view: View) -> Match:
    rule, trigger = one.rule, found.trigger
    return Match(rule.id, rule.version, found.each, view.now, trigger.time, trigger.key(), found.bound)


def _trigger_of(match: Match) -> Trigger:
    """What completed a match, as its record keeps it."""
    kind, *rest = match.trigger
    if kind == "event":
        return EventTrigger(rest[0], rest[1], match.time)
    return TimerTrigger(rest[0], int(rest[1]), *rest[2:])


def _stopped_by(one: RuleProgram, view: View) -> str | None:
    """What stops a rule: its days, or the first line that does."""
    if one.limited:
        limit = _limit(one.rule, view)
        if limit is not None:
            return limit
    tables, lines = view.record.tables, one.lines or one.read_lines()
    if tables is not None and one.number in tables.passing:
        lines = one.unsettled
    for judged in lines:
        if judged.check(view) is not judged.wanted:
            return judged.text
    return None


def _limit(rule: Rule, view: View) -> str | None:
    first, last = rule.runs
    today = date_of(view.record.zone, view.now)
    if (first is not None and today < first) or (last is not None and today > last):
        return "runs"
    return "paused" if rule.paused else None


def _stopping(lines: tuple[Judged, ...], view: View) -> str | None:
    """The first line that stops: one of `only if` that is not true, one of `unless` that is not false."""
    for judged in lines:
        if judged.check(view) is not judged.wanted:
            return judged.text
    return None
