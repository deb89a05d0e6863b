"""What a name means as a value: a field of the event at hand, a fact, an attribute, a place, the value of `each`."""

from __future__ import annotations

from collections.abc import Sequence

from models.speech import all_of, any_of, listed, quoted, say, sentence
from models.types import TEXT, Kind, Type, said_kind
from rules.language.language_of import form
from rules.language.located import Span
from rules.language.scope import CUSTOMER, STEP, BoundStep, Scope
from rules.language.tree import Dotted, Name
from rules.problems import Problem
from rules.typed import Attribute, EachValue, Expression, FieldOf, PlaceName

_COUNTED_HINT = sentence("Only fields of the event and attributes may stand in the where of an aggregate.")


def is_value(name: Name, scope: Scope) -> bool:
    """Whether a bare name has a meaning as a value here (or would have, if its fact were sound)."""
    return bool(_meanings(name.text, scope)) or name.text in scope.broken


def resolve_name(name: Name, scope: Scope, problems: list[Problem]) -> Expression | None:
    """The value a bare name stands for; problems if there is none, or more than one."""
    meanings = _meanings(name.text, scope)
    if len(meanings) > 1:
        problems.append(_ambiguous(name, meanings, scope))
        return None
    if meanings:
        return _of_one_kind(meanings[0][1], name.at, scope, problems)
    if name.text not in scope.broken:
        problems.append(_unknown(name, scope))
    return None


def _of_one_kind(meaning: Expression, at: Span, scope: Scope, problems: list[Problem]) -> Expression | None:
    """The meaning; a problem if it is a field that one alternative of a step has as data and the other as money."""
    step = meaning.step if isinstance(meaning, FieldOf) else None
    bound = next((one for one in scope.steps if one.number == step), None)
    if bound is None or not isinstance(meaning, FieldOf) or _type_in(bound, meaning.name) is not None:
        return meaning
    problems.append(_differs(at, meaning.name, bound))
    return None


def resolve_dotted(node: Dotted, scope: Scope, problems: list[Problem]) -> Expression | None:
    """The value of `customer.x`, `step.x`, `NAME.x` for a step's name, `EVENT.x`."""
    owner, name = node.owner.text, node.name.text
    if owner == CUSTOMER:
        type_ = scope.attribute(name)
        if type_ is None:
            said = say('There is no attribute "{name}".', name=name)
            problems.append(node.name.at.problem("E201", said, scope.near(name, scope.attributes)))
            return None
        return Attribute(name, type_)
    if owner in scope.vocabulary.things:
        hint = say("Use a field of an event until then.")
        problems.append(
            node.at.problem(
                "E412", say('Values of things, such as "{text}", are not built yet.', text=node.at.text), hint
            )
        )
        return None
    if scope.candidate is not None and owner in (STEP, scope.candidate.name):
        return _field_of_candidate(node, scope, problems)
    steps = _steps_called(owner, scope)
    if scope.counted and steps:
        problems.append(
            node.at.problem("E408", say('"{text}" belongs to a step.', text=node.at.text), say(_COUNTED_HINT))
        )
        return None
    if len(steps) != 1:
        problems.append(_no_owner(node, steps, scope))
        return None
    return _field_of_step(node, steps[0], scope, problems)


def _meanings(name: str, scope: Scope) -> list[tuple[str, Expression]]:
    """(how to write it without doubt, value) for everything a bare name may be."""
    meanings = _fields(name, scope)
    if not meanings:
        meanings = _each(name, scope)
    if name in scope.facts and not scope.counted:
        meanings.append(("", scope.facts[name]))
    attribute = scope.attribute(name)
    if attribute is not None:
        meanings.append((f"{CUSTOMER}.{name}", Attribute(name, attribute)))
    return meanings


def _fields(name: str, scope: Scope) -> list[tuple[str, Expression]]:
    if scope.candidate is not None:
        fields = scope.candidate.fields
        return [(f"{STEP}.{name}", FieldOf(name, fields[name]))] if name in fields else []
    having = scope.steps_with(name)
    if name == scope.each:
        having = having[:1]  # later steps have the same value
    found = [(f"{_called(step)}.{name}", _bound(name, step)) for step in having]
    visits = [step for step in scope.steps if name in step.places]
    return found + [(name, PlaceName(name, TEXT, step.number)) for step in visits[-1:]]


def _bound(name: str, step: BoundStep) -> Expression:
    type_ = next(event.fields[name] for event in step.events if name in event.fields)
    return FieldOf(name, _type_in(step, name) or type_, step.number)


def _type_in(step: BoundStep, name: str) -> Type | None:
    """The type of a field of a step, with the choices of all alternatives that have it; None if their kinds differ."""
    types = [event.fields[name] for event in step.events if name in event.fields]
    if any(type_.kind is not types[0].kind for type_ in types):
        return None
    choices = tuple(dict.fromkeys(choice for type_ in types for choice in type_.choices))
    return Type(types[0].kind, choices, types[0].optional)


def _differs(at: Span, name: str, step: BoundStep) -> Problem:
    having = [
        say('{kind} in "{event}"', kind=said_kind(event.fields[name].kind), event=event.name)
        for event in step.events
        if name in event.fields
    ]
    said = say('"{name}" is {kinds}.', name=name, kinds=all_of(having, commas=True))
    return at.problem("E203", said, say("Write a rule for each of these events."))


def _each(name: str, scope: Scope) -> list[tuple[str, Expression]]:
    type_ = scope.each_type() if name == scope.each and not scope.counted else None
    return [] if type_ is None else [(name, EachValue(name, type_))]


def _called(step: BoundStep) -> str:
    if step.name is not None:
        return step.name
    return step.events[0].name if len(step.events) == 1 else STEP


def _steps_called(owner: str, scope: Scope) -> list[BoundStep]:
    named = [step for step in scope.steps if step.name == owner]
    if named:
        return named
    if owner == STEP:
        return list(scope.steps)
    return [step for step in scope.steps if owner in {event.name for event in step.events}]


def _field_of_candidate(node: Dotted, scope: Scope, problems: list[Problem]) -> Expression | None:
    assert scope.candidate is not None
    type_ = scope.candidate.fields.get(node.name.text)
    if type_ is None:
        problems.append(
            no_field(node.name.at, node.name.text, scope.candidate.name, tuple(scope.candidate.fields), scope)
        )
        return None
    return FieldOf(node.name.text, type_)


def _field_of_step(node: Dotted, step: BoundStep, scope: Scope, problems: list[Problem]) -> Expression | None:
    name = node.name.text
    if not any(name in event.fields for event in step.events):
        fields = tuple(field for event in step.events for field in event.fields)
        events = any_of(event.name for event in step.events)
        problems.append(no_field(node.name.at, name, events, fields, scope))
        return None
    type_ = _type_in(step, name)
    if type_ is None:
        problems.append(_differs(node.at, name, step))
        return None
    return FieldOf(name, type_, step.number)


def no_field(at: Span, name: str, event: str, fields: Sequence[str], scope: Scope) -> Problem:
    """The problem that an event has no such field."""
    names = listed(quoted(scope.called(field, at)) for field in fields)
    known = say("Its fields are {names}.", names=names) if fields else say("It has no fields.")
    said = say('"{event}" has no field "{name}".', event=scope.called(event, at), name=scope.called(name, at))
    return at.problem("E212", said, scope.near(name, fields) or known)


def _no_owner(node: Dotted, steps: list[BoundStep], scope: Scope) -> Problem:
    owner = node.owner.text
    if steps:
        hint = say("Give the step a name: {written}.", written=form(node.at, "EVENT as NAME", "EVENT，记为NAME"))
        return node.owner.at.problem("E202", say('"{owner}" may mean several steps.', owner=owner), hint)
    known = [step.name or event.name for step in scope.steps for event in step.events]
    if scope.event(owner) is not None:
        said = say('No event "{owner}" is at hand here.', owner=owner)
        if known:
            names = listed(quoted(name) for name in known)
            said = say('No event "{owner}" is at hand here; at hand: {names}.', owner=owner, names=names)
        instead = form(node.at, say("first of, or last of,"), say("首次EVENT的FIELD, or 最近一次EVENT的FIELD,"))
        return node.owner.at.problem("E409", said, say("Use {instead} to look at past events.", instead=instead))
    said = say('"{owner}" is neither a step nor "{customer}".', owner=owner, customer=CUSTOMER)
    return node.owner.at.problem("E201", said, scope.near(owner, (*known, CUSTOMER)))


def _ambiguous(name: Name, meanings: Sequence[tuple[str, Expression]], scope: Scope) -> Problem:
    event = scope.candidate.name if scope.candidate is not None else None
    what = all_of(_described(written, meaning, event) for written, meaning in meanings)
    ways = any_of(quoted(written) for written, _ in meanings if written)
    hint = say("Write {ways}.", ways=ways)
    if not all(written for written, _ in meanings):
        hint = say("Write {ways}, or give the fact another name.", ways=ways)
    return name.at.problem("E202", say('"{name}" is {what}.', name=name.at.text, what=what), hint)


def _described(written: str, meaning: Expression, event: str | None) -> str:
    if isinstance(meaning, Attribute):
        return say("an attribute of the customer")
    if isinstance(meaning, PlaceName):
        return say("a place")
    owner = event or written.rpartition(".")[0]
    return say('a field of "{owner}"', owner=owner) if isinstance(meaning, FieldOf) else say("a fact")


def _unknown(name: Name, scope: Scope) -> Problem:
    text = name.text
    if scope.counted and text in scope.facts:
        return name.at.problem("E408", say('"{name}" is a fact.', name=name.at.text), say(_COUNTED_HINT))
    if scope.event(text) is not None:
        return event_as_value(name)
    if text in scope.vocabulary.places:
        return name.at.problem(
            "E215",
            say('"{name}" is a place, not a value.', name=name.at.text),
            say("Write {distance}.", distance=_distance(name)),
        )
    if scope.candidate is not None:
        having = [event.name for event in scope.events.values() if text in event.fields]
        if having:
            return no_field(name.at, text, scope.candidate.name, tuple(scope.candidate.fields), scope)
    elsewhere = next((event.name for event in scope.events.values() if text in event.fields), None)
    if elsewhere is not None:
        aggregate = form(name.at, f"last of {text} of {elsewhere} over ever", f"最近一次{elsewhere}的{name.at.text}")
        hint = say("Use it in the where of an event, or in an aggregate such as {aggregate}.", aggregate=aggregate)
        return name.at.problem(
            "E201",
            say(
                '"{name}" is a field of "{elsewhere}", which is not at hand here.',
                name=name.at.text,
                elsewhere=elsewhere,
            ),
            hint,
        )
    return name.at.problem(
        "E201", say('"{name}" is not known here.', name=name.at.text), scope.near(text, scope.names())
    )


def event_as_value(name: Name) -> Problem:
    """The problem that an event stands where a value is expected."""
    text = name.at.text
    counted = form(name.at, f"count of {text} over ..", f"近30天{text}次数")
    brackets = form(name.at, f"(A where ..) or {text}", f"（A，其中..）或{text}")
    hint = say(
        "Write {counted}, or, for another alternative, brackets: {brackets}.", counted=counted, brackets=brackets
    )
    return name.at.problem("E402", say('"{name}" is an event, not a condition or a value.', name=name.at.text), hint)


def _distance(place: Name) -> str:
    return form(place.at, f"distance to {place.at.text}", f"距{place.at.text}的距离")


def resolve_place(name: Name, scope: Scope, problems: list[Problem]) -> str | None:
    """The place a name means; a problem if there is none."""
    if name.text in scope.vocabulary.places:
        return name.text
    hint = scope.near(name.text, scope.vocabulary.places)
    if scope.event(name.text) is not None or scope.attribute(name.text) is not None:
        problems.append(name.at.problem("E215", say('"{name}" is not a place.', name=name.at.text), hint))
    else:
        problems.append(
            name.at.problem("E201", say('"{name}" is not known; a place is expected.', name=name.at.text), hint)
        )
    return None


def type_named(type_: Type) -> str:
    """A type in words: `data`, `a number`, `one of S, M, L`."""
    if type_.choices:
        return say("one of {choices}", choices=listed(type_.choices))
    return say(_ARTICLES[type_.kind]) if type_.kind in _ARTICLES else said_kind(type_.kind)


_ARTICLES = {
    Kind.NUMBER: sentence("a number"),
    Kind.WHOLE: sentence("a number"),
    Kind.DURATION: sentence("a duration"),
    Kind.LENGTH: sentence("a length"),
    Kind.DATE: sentence("a date"),
    Kind.MOMENT: sentence("a moment"),
    Kind.POINT: sentence("a point"),
    Kind.CELL: sentence("a cell"),
    Kind.YES_NO: sentence("yes or no"),
}
