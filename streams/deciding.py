"""The terminal decision of each action of a block: its id, outcome, channel, text and trace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from models.currencies import currency_decimals
from models.decisions import ActionKind, Decision, Outcome, TaskText, Trace
from models.moments import format_moment
from models.quiet_hours import Hours, QuietSpan, span_of
from models.vocabulary import Vocabulary
from rules.compile.expressions import Compiler
from rules.compile.view import View
from rules.program import RuleProgram
from rules.record import Match
from rules.typed import Action, Attribute, Block, Expression, Grant, Guide, Offer, Task
from streams.identity import actions_of, cause_of, decision_id
from streams.policy.channel import DEFAULT_CHANNELS, channels_for
from streams.policy.control import in_control
from streams.policy.quiet_hours import QUIET_HOURS, Actions, purpose_of
from streams.texts import NoValue, Writer, language_of
from streams.tracing import trace_of


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
    #: Purpose -> hours of the day in which it is quiet.
    quiet_hours: Mapping[str, Hours] = field(default_factory=dict)


class _Said(Struct, frozen=True):
    """What a decision says to whom, as far as it comes to that."""

    offer: str | None = None
    channel: str | None = None
    channels: tuple[str, ...] = ()
    language: str | None = None
    text: str | None = None
    task: TaskText | None = None
    expires: str | None = None
    worth: str | None = None
    quiet_hours: tuple[QuietSpan, ...] = ()


class _Turn(Struct, frozen=True):
    """A block of a match that comes up: where its decisions are made."""

    one: RuleProgram
    match: Match
    place: int
    view: View
    writer: Writer
    trace: Trace
    terms: Terms
    #: (kind, number) of the block's actions.
    actions: tuple[tuple[str, int], ...]

    @property
    def block(self) -> Block:
        return self.one.rule.blocks[self.place]

    def of(self, actions: Actions) -> Iterator[tuple[int, Action]]:
        """Those of the block's actions, with their places in it."""
        for number, action in enumerate(self.block.actions):
            if self.actions[number] in actions:
                yield number, action

    def decision(self, number: int, outcome: Outcome, reason: str | None, said: _Said) -> Decision:
        """The decision of action `number` of the block."""
        rule, match, customer = self.one.rule, self.match, self.view.record.customer
        kind, of_kind = self.actions[number]
        return Decision(
            id=decision_id(rule.id, kind, of_kind, customer, match),
            rule=rule.id,
            rule_version=rule.version,
            customer=customer,
            each=None if match.each is None else str(match.each),
            time=format_moment(self.view.now),
            kind=ActionKind(kind),
            outcome=outcome,
            reason=reason,
            channel=said.channel,
            language=said.language,
            text=said.text,
            offer=said.offer,
            task=said.task,
            expires=said.expires,
            event=cause_of(match.trigger),
            trace=self.trace,
            without_policy=self.terms.without_policy,
            worth=said.worth,
            channels=said.channels,
            quiet_hours=said.quiet_hours,
        )

    def spoken(self, number: int, said: _Said) -> Decision:
        """Sent, or held back from the control group."""
        rule = self.one.rule
        kind = self.actions[number][0]
        held_back = in_control(rule.control, kind, rule.id, self.view.record.customer)
        return self.decision(number, Outcome.CONTROL if held_back else Outcome.SENT, None, said)


class Decider:
    """Makes the decisions of one rule set."""

    def __init__(self, vocabulary: Vocabulary, compiler: Compiler, terms: Terms) -> None:
        self.vocabulary = vocabulary
        self.compiler = compiler
        self.terms = terms
        self._decimals = currency_decimals(vocabulary.currency)

    def decide(
        self, one: RuleProgram, match: Match, place: int, view: View, actions: Actions, refused: Actions = ()
    ) -> list[Decision]:
        """The decisions of these actions of block number `place`; offers that are `refused` end for quiet hours."""
        writer = self._writer(view)
        trace = trace_of(one, place, view, self.compiler, writer)
        turn = _Turn(one, match, place, view, writer, trace, self.terms, actions_of(one.rule, place))
        message = self._message(turn)
        decisions: list[Decision] = []
        for number, action in turn.of(actions):
            if turn.actions[number] in refused:
                said = _Said(offer=_offer_of(action))
                decisions.append(turn.decision(number, Outcome.SUPPRESSED, QUIET_HOURS, said))
            elif isinstance(action, Task):
                decisions.append(self._task(turn, number, action))
            else:
                decisions.append(self._spoken(turn, number, action, message))
        return decisions

    def all(
        self,
        one: RuleProgram,
        match: Match,
        place: int,
        view: View,
        outcome: Outcome,
        reason: str,
        actions: Actions,
    ) -> list[Decision]:
        """The same outcome for each of these actions of a block."""
        writer = self._writer(view)
        try:
            trace = trace_of(one, place, view, self.compiler, writer)
        except Exception:  # noqa: BLE001  # the trace of a rule that throws may throw, too
            trace = Trace((), {})
        turn = _Turn(one, match, place, view, writer, trace, self.terms, actions_of(one.rule, place))
        return [
            turn.decision(number, outcome, reason, _Said(offer=_offer_of(action)))
            for number, action in turn.of(actions)
        ]

    def _spoken(self, turn: _Turn, number: int, action: Action, message: _Said | str) -> Decision:
        """A message, if it has all its values and reaches her; else `message` is the reason why not."""
        offer = _offer_of(action)
        if isinstance(message, str):
            return turn.decision(number, Outcome.SUPPRESSED, message, _Said(offer=offer))
        worth = self._worth(action.worth, turn.view) if isinstance(action, Offer) else None
        quiet = self._quiet_hours(turn.actions[number][0], turn.view)
        said = replace(message, offer=offer, expires=self._expires(turn, action), worth=worth, quiet_hours=quiet)
        return turn.spoken(number, said)

    def _message(self, turn: _Turn) -> _Said | str:
        """The one message of a block, or the reason why there is none."""
        try:
            text = self._text(turn)
        except NoValue as missing:
            return f"no value for {missing}"
        block, attributes = turn.block, turn.view.record.attributes
        channels = channels_for(block.by, self.terms.channels, attributes, every=block.by_all)
        if not channels:
            return "not reachable"
        several = channels if len(channels) > 1 else ()
        return _Said(channel=channels[0], channels=several, language=turn.writer.language, text=text)

    def _text(self, turn: _Turn) -> str | None:
        """What the guidance says; an offer or grant alone says its title."""
        language = turn.writer.language
        for action in turn.block.actions:
            if isinstance(action, Guide):
                texts = dict(action.texts)
                return turn.writer.fill(texts.get(language) or next(iter(texts.values())))
        for action in turn.block.actions:
            if isinstance(action, Offer | Grant):
                terms = self.terms.offers.get(action.name)
                titles = terms.titles if terms is not None else {}
                return titles.get(language) or next(iter(titles.values()), action.name)
        return None

    def _task(self, turn: _Turn, number: int, task: Task) -> Decision:
        try:
            said = _Said(task=self._task_text(turn, task))
        except NoValue as missing:
            return turn.decision(number, Outcome.SUPPRESSED, f"no value for {missing}", _Said())
        return turn.spoken(number, said)

    def _task_text(self, turn: _Turn, task: Task) -> TaskText:
        writer, view = turn.writer, turn.view
        who = task.who
        if isinstance(who, Attribute):
            person = view.record.attributes.get(who.name)
            if person is None:
                raise NoValue(who.name)
            who = str(person)
        return TaskText(
            who=who,
            what=writer.fill(task.what),
            why=None if task.why is None else writer.fill(task.why),
            due=None if task.due is None else format_moment(view.now + task.due),
            worth=self._worth(task.worth, view),
        )

    def _worth(self, worth: Expression | None, view: View) -> str | None:
        """Money in the main unit of the currency."""
        value: Any = None if worth is None else self.compiler.value(worth)(view)
        return None if value is None else str(Decimal(round(value)).scaleb(-self._decimals))

    def _quiet_hours(self, kind: str, view: View) -> tuple[QuietSpan, ...]:
        """When what is sent must not be handed over, whatever the engine's clock says."""
        hours = self.terms.quiet_hours.get(purpose_of(kind) or "")
        return () if hours is None else (span_of(hours, view.record.zone),)

    def _expires(self, turn: _Turn, action: Action) -> str | None:
        good_for = turn.block.good_for
        if good_for is None and isinstance(action, Offer | Grant) and action.name in self.terms.offers:
            good_for = self.terms.offers[action.name].good_for
        return None if good_for is None else format_moment(turn.view.now + good_for)

    def _writer(self, view: View) -> Writer:
        language = language_of(view.record.attributes.get("language"), self.vocabulary.languages)
        return Writer(
            self.vocabulary, language, view.record.zone, lambda expression: self.compiler.value(expression)(view)
        )


def _offer_of(action: Action) -> str | None:
    return action.name if isinstance(action, Offer | Grant) else None
