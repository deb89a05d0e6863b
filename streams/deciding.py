"""The terminal decision of each action of a block: its id, outcome, channel, text and trace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b

from models.decisions import ActionKind, Decision, EventCause, Outcome, TaskText, TimerCause, Trace
from models.formatting import format_plain
from models.moments import format_moment
from models.types import Value
from models.vocabulary import Vocabulary
from rules.compile.expressions import Compiler
from rules.compile.view import View
from rules.program import RuleProgram
from rules.record import Match
from rules.typed import Action, Attribute, Block, Grant, Guide, Offer, Rule, Task
from streams.policy.channel import DEFAULT_CHANNELS, channels_for
from streams.policy.control import in_control
from streams.texts import NoValue, Writer, language_of
from streams.tracing import trace_of

_KINDS: dict[type[Action], ActionKind] = {
    Guide: ActionKind.GUIDANCE,
    Offer: ActionKind.OFFER,
    Grant: ActionKind.GRANT,
    Task: ActionKind.TASK,
}


@dataclass(frozen=True, slots=True)
class OfferTerms:
    """What a decision says of an offer or grant: its title by language, and how long it is good for (ms)."""

    titles: Mapping[str, str]
    good_for: int | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What decisions need of policy and offers."""

    offers: Mapping[str, OfferTerms] = field(default_factory=dict)
    channels: tuple[str, ...] = DEFAULT_CHANNELS
    without_policy: bool = False


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An action on its way to a decision."""

    action: Action
    kind: ActionKind
    id: str


class Decider:
    """Makes the decisions of one rule set."""

    def __init__(self, vocabulary: Vocabulary, compiler: Compiler, terms: Terms) -> None:
        self.vocabulary = vocabulary
        self.compiler = compiler
        self.terms = terms

    def decide(self, one: RuleProgram, match: Match, place: int, view: View) -> list[Decision]:
        """The decisions of the actions of block number `place`."""
        block = one.rule.blocks[place]
        writer = self._writer(view)
        trace = trace_of(one, place, view, self.compiler, writer)
        make = partial(self._decision, one.rule, match, view, trace)
        candidates = self._candidates(one.rule, match, place, view)
        channels = channels_for(block.by, self.terms.channels, view.record.attributes, every=block.by_all)
        text, missing = self._message(block, writer)
        return [self._one(candidate, block, make, writer, channels, text, missing, view) for candidate in candidates]

    def all(
        self, one: RuleProgram, match: Match, place: int, view: View, outcome: Outcome, reason: str
    ) -> list[Decision]:
        """The same outcome for every action of a block."""
        try:
            trace = trace_of(one, place, view, self.compiler, self._writer(view))
        except Exception:  # the trace of a rule that throws may throw, too
            trace = Trace((), {})
        return [
            self._decision(one.rule, match, view, trace, candidate, outcome, reason, offer=_offer_of(candidate.action))
            for candidate in self._candidates(one.rule, match, place, view)
        ]

    def _one(
        self,
        candidate: _Candidate,
        block: Block,
        make: partial[Decision],
        writer: Writer,
        channels: tuple[str, ...],
        text: str | None,
        missing: str | None,
        view: View,
    ) -> Decision:
        """The gates, in order: has the message its values, does it reach her, is she in the control group."""
        action = candidate.action
        if isinstance(action, Task):
            return self._task(candidate, action, make, writer, view)
        offer = _offer_of(action)
        if missing is not None:
            return make(candidate, Outcome.SUPPRESSED, f"no value for {missing}", offer=offer)
        if not channels:
            return make(candidate, Outcome.SUPPRESSED, "not reachable", offer=offer)
        rule, customer = make.args[0].id, view.record.customer
        held_back = in_control(make.args[0].control, candidate.kind, rule, customer)
        return make(
            candidate,
            Outcome.CONTROL if held_back else Outcome.SENT,
            None,
            offer=offer,
            channel=", ".join(channels),
            language=writer.language,
            text=text,
            expires=self._expires(action, block, view.now),
        )

    def _task(
        self, candidate: _Candidate, task: Task, make: partial[Decision], writer: Writer, view: View
    ) -> Decision:
        try:
            text = self._task_text(task, writer, view)
        except NoValue as missing:
            return make(candidate, Outcome.SUPPRESSED, f"no value for {missing}")
        rule = make.args[0]
        held_back = in_control(rule.control, candidate.kind, rule.id, view.record.customer)
        return make(candidate, Outcome.CONTROL if held_back else Outcome.SENT, None, task=text)

    def _task_text(self, task: Task, writer: Writer, view: View) -> TaskText:
        who = task.who
        if isinstance(who, Attribute):
            person = view.record.attributes.get(who.name)
            if person is None:
                raise NoValue(who.name)
            who = str(person)
        worth: Value = None if task.worth is None else self.compiler.value(task.worth)(view)
        return TaskText(
            who=who,
            what=writer.fill(task.what),
            why=None if task.why is None else writer.fill(task.why),
            due=None if task.due is None else format_moment(view.now + task.due),
            worth=None if worth is None or task.worth is None else self._plain(worth, task),
        )

    def _plain(self, worth: Value, task: Task) -> str:
        assert task.worth is not None
        return format_plain(worth, task.worth.type, self.vocabulary.currency, self.vocabulary.data_unit)

    def _message(self, block: Block, writer: Writer) -> tuple[str | None, str | None]:
        """(text, None), or (None, the name that has no value). The guidance speaks for what goes with it."""
        for action in block.actions:
            if isinstance(action, Guide):
                texts = dict(action.texts)
                template = texts.get(writer.language) or next(iter(texts.values()))
                try:
                    return writer.fill(template), None
                except NoValue as missing:
                    return None, str(missing)
        for action in block.actions:
            if isinstance(action, Offer | Grant):
                terms = self.terms.offers.get(action.name)
                titles = terms.titles if terms is not None else {}
                return titles.get(writer.language) or next(iter(titles.values()), action.name), None
        return None, None

    def _expires(self, action: Action, block: Block, now: int) -> str | None:
        good_for = block.good_for
        if good_for is None and isinstance(action, Offer | Grant) and action.name in self.terms.offers:
            good_for = self.terms.offers[action.name].good_for
        return None if good_for is None else format_moment(now + good_for)

    def _writer(self, view: View) -> Writer:
        language = language_of(view.record.attributes.get("language"), self.vocabulary.languages)
        return Writer(
            self.vocabulary, language, view.record.zone, lambda expression: self.compiler.value(expression)(view)
        )

    def _candidates(self, rule: Rule, match: Match, place: int, view: View) -> list[_Candidate]:
        """The actions of a block, each with its id."""
        customer = view.record.customer
        return [
            _Candidate(action, ActionKind(kind), decision_id(rule.id, kind, number, customer, match))
            for action, (kind, number) in zip(rule.blocks[place].actions, actions_of(rule, place), strict=True)
        ]

    def _decision(
        self,
        rule: Rule,
        match: Match,
        view: View,
        trace: Trace,
        candidate: _Candidate,
        outcome: Outcome,
        reason: str | None,
        *,
        offer: str | None = None,
        channel: str | None = None,
        language: str | None = None,
        text: str | None = None,
        task: TaskText | None = None,
        expires: str | None = None,
    ) -> Decision:
        return Decision(
            id=candidate.id,
            rule=rule.id,
            rule_version=rule.version,
            customer=view.record.customer,
            each=None if match.each is None else str(match.each),
            time=format_moment(view.now),
            kind=candidate.kind,
            outcome=outcome,
            reason=reason,
            channel=channel,
            language=language,
            text=text,
            offer=offer,
            task=task,
            expires=expires,
            event=cause_of(match.trigger),
            trace=trace,
            without_policy=self.terms.without_policy,
        )


def actions_of(rule: Rule, place: int) -> tuple[tuple[str, int], ...]:
    """(kind, number) of the actions of block `place`: the number counts its kind over all blocks of the rule, from 1."""
    seen: dict[str, int] = {}
    for number, block in enumerate(rule.blocks):
        actions = []
        for action in block.actions:
            kind = _KINDS[type(action)].value
            seen[kind] = seen.get(kind, 0) + 1
            actions.append((kind, seen[kind]))
        if number == place:
            return tuple(actions)
    return ()


def decision_id(rule: str, kind: str, number: int, customer: str, match: Match) -> str:
    """BLAKE2-128, in hex, of what the decision is about; the rule's version is not in it."""
    each = "" if match.each is None else str(match.each)
    parts = (rule, kind, str(number), customer, each, *match.trigger)
    return blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _offer_of(action: Action) -> str | None:
    return action.name if isinstance(action, Offer | Grant) else None


def cause_of(trigger: tuple[str, ...]) -> EventCause | TimerCause:
    """What a match's trigger is on the wire."""
    if trigger[0] == "event":
        return EventCause(trigger[1], trigger[2])
    return TimerCause(trigger[1], format_moment(int(trigger[2])))
