"""The terminal decision of each action of a block: its id, outcome, channel, text and trace."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from msgspec import Struct

from models.currencies import currency_decimals
from models.decisions import Decision, Outcome, TaskText, Trace
from models.moments import format_moment
from models.quiet_hours import QuietSpan, span_of
from models.vocabulary import Vocabulary
from rules.compile.aggregates import Compiled
from rules.compile.expressions import Compiler
from rules.compile.view import View
from rules.program import RuleProgram
from rules.record import Match
from rules.typed import Attribute, Rule, Task
from streams.blocks import ReadyAction, ReadyBlock, Terms, ready_blocks
from streams.identity import cause_of, decision_id
from streams.policy.channel import channels_for
from streams.policy.control import in_control
from streams.policy.quiet_hours import QUIET_HOURS, Actions
from streams.texts import NoValue, Writer, language_of

#: (To look a member up in its class takes as long as a call.)
_SENT, _CONTROL, _SUPPRESSED = Outcome.SENT, Outcome.CONTROL, Outcome.SUPPRESSED


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


class _Message(Struct, frozen=True):
    """The one message of a block: by which channels (the first is `the` channel), and what it says."""

    channels: tuple[str, ...]
    language: str
    text: str | None


class _Turn(Struct, frozen=True):
    """A block of a match that comes up: where its decisions are made."""

    rule: Rule
    block: ReadyBlock
    match: Match
    view: View
    trace: Trace
    without_policy: bool

    def decision(self, action: ReadyAction, outcome: Outcome, reason: str | None, said: _Said) -> Decision:
        """The decision of one action of the block."""
        rule, match, customer = self.rule, self.match, self.view.record.customer
        kind, of_kind = action.key
        each = match.each
        return Decision(
            id=decision_id(rule.id, kind, of_kind, customer, match),
            rule=rule.id,
            rule_version=rule.version,
            customer=customer,
            each=None if each is None else str(each),
            time=format_moment(self.view.now),
            kind=action.kind,
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
            without_policy=self.without_policy,
            worth=said.worth,
            channels=said.channels,
            quiet_hours=said.quiet_hours,
        )

    def spoken(self, action: ReadyAction, said: _Said) -> Decision:
        """Sent, or held back from the control group."""
        control = action.control
        if control is not None and in_control(control, action.kind, self.rule.id, self.view.record.customer):
            return self.decision(action, _CONTROL, None, said)
        return self.decision(action, _SENT, None, said)


class Decider:
    """Makes the decisions of one rule set."""

    def __init__(self, vocabulary: Vocabulary, compiler: Compiler, terms: Terms) -> None:
        self.vocabulary = vocabulary
        self.compiler = compiler
        self.terms = terms
        self._decimals = currency_decimals(vocabulary.currency)
        #: By the numbers of rules; made when first asked for.
        self._blocks: dict[int, tuple[ReadyBlock, ...]] = {}

    def blocks(self, one: RuleProgram) -> tuple[ReadyBlock, ...]:
        """The blocks of a rule."""
        known = self._blocks.get(one.number)
        if known is None:
            known = self._blocks[one.number] = ready_blocks(one, self.compiler, self.terms)
        return known

    def decide(
        self, one: RuleProgram, match: Match, block: ReadyBlock, view: View, actions: Actions, refused: Actions = ()
    ) -> list[Decision]:
        """The decisions of these actions of a block; offers that are `refused` end for quiet hours."""
        turn = _Turn(one.rule, block, match, view, block.tracing.of(view), self.terms.without_policy)
        message = self._message(block, view)
        decisions: list[Decision] = []
        for action in block.actions:
            if action.key not in actions:
                continue
            if action.key in refused:
                made = turn.decision(action, _SUPPRESSED, QUIET_HOURS, _Said(action.offer))
            elif action.task is not None:
                made = self._task(turn, action, action.task)
            else:
                made = self._spoken(turn, action, message)
            decisions.append(made)
        return decisions

    def all(
        self,
        one: RuleProgram,
        match: Match,
        block: ReadyBlock,
        view: View,
        outcome: Outcome,
        reason: str,
        actions: Actions,
    ) -> list[Decision]:
        """The same outcome for each of these actions of a block."""
        try:
            trace = block.tracing.of(view)
        except Exception:  # noqa: BLE001  # the trace of a rule that throws may throw, too
            trace = Trace((), {})
        turn = _Turn(one.rule, block, match, view, trace, self.terms.without_policy)
        return [
            turn.decision(action, outcome, reason, _Said(action.offer))
            for action in block.actions
            if action.key in actions
        ]

    def _spoken(self, turn: _Turn, action: ReadyAction, message: _Message | str) -> Decision:
        """A message, if it has all its values and reaches her; else `message` is the reason why not."""
        if isinstance(message, str):
            return turn.decision(action, _SUPPRESSED, message, _Said(action.offer))
        view, good_for, hours, channels = turn.view, action.good_for, action.quiet_hours, message.channels
        said = _Said(
            offer=action.offer,
            channel=channels[0],
            channels=channels if len(channels) > 1 else (),
            language=message.language,
            text=message.text,
            expires=None if good_for is None else format_moment(view.now + good_for),
            worth=None if action.worth is None else self._worth(action.worth, view),
            quiet_hours=() if hours is None else (span_of(hours, view.record.zone),),
        )
        return turn.spoken(action, said)

    def _message(self, block: ReadyBlock, view: View) -> _Message | str:
        """The one message of a block, or the reason why there is none."""
        attributes = view.record.attributes
        language = language_of(attributes.get("language"), self.vocabulary.languages)
        text: str | None = None
        if block.words is not None:
            said = block.words.get(language) or next(iter(block.words.values()))
            try:
                text = said if isinstance(said, str) else self._writer(view, language).fill(said)
            except NoValue as missing:
                return f"no value for {missing}"
        channels = channels_for(block.by, self.terms.channels, attributes, every=block.by_all)
        return _Message(channels, language, text) if channels else "not reachable"

    def _task(self, turn: _Turn, action: ReadyAction, task: Task) -> Decision:
        try:
            said = _Said(task=self._task_text(turn.view, task, action.worth))
        except NoValue as missing:
            return turn.decision(action, _SUPPRESSED, f"no value for {missing}", _Said())
        return turn.spoken(action, said)

    def _task_text(self, view: View, task: Task, worth: Compiled | None) -> TaskText:
        attributes = view.record.attributes
        writer = self._writer(view, language_of(attributes.get("language"), self.vocabulary.languages))
        who = task.who
        if isinstance(who, Attribute):
            person = attributes.get(who.name)
            if person is None:
                raise NoValue(who.name)
            who = str(person)
        return TaskText(
            who=who,
            what=writer.fill(task.what),
            why=None if task.why is None else writer.fill(task.why),
            due=None if task.due is None else format_moment(view.now + task.due),
            worth=None if worth is None else self._worth(worth, view),
        )

    def _worth(self, worth: Compiled, view: View) -> str | None:
        """Money in the main unit of the currency."""
        value: Any = worth(view)
        return None if value is None else str(Decimal(round(value)).scaleb(-self._decimals))

    def _writer(self, view: View, language: str) -> Writer:
        return Writer(
            self.vocabulary, language, view.record.zone, lambda expression: self.compiler.value(expression)(view)
        )
