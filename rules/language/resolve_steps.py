"""From the lines of a `when` list to a typed sequence, and to the events its steps bind."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from models.speech import say
from rules import typed
from rules.language import tree
from rules.language.language_of import form
from rules.language.resolve_literals import resolve_duration
from rules.language.resolve_patterns import resolve_alternatives, resolve_patterns
from rules.language.scope import CUSTOMER, STEP, BoundStep, Scope
from rules.problems import Problem, suggestion
from rules.typed import Pattern, PlacePattern, Step, StepKind
from rules.walk import nodes

_Alternatives = tuple[Pattern | PlacePattern, ...]


def resolve_sequence(
    lines: Sequence[tree.Step], scope: Scope, problems: list[Problem]
) -> tuple[typed.Sequence | None, Scope]:
    """The sequence, and the scope in which its steps are bound (as far as they are sound)."""
    steps: list[Step | None] = []
    for number, node in enumerate(lines):
        step = _step(node, number, lines[:number], scope, problems)
        steps.append(step)
        if step is not None and step.kind is not StepKind.WITHOUT:
            scope = bound(scope, number, step.name, step.patterns)
    sound = tuple(step for step in steps if step is not None)
    return (typed.Sequence(sound) if len(sound) == len(lines) else None), scope


def bound(scope: Scope, number: int, name: str | None, patterns: _Alternatives) -> Scope:
    """The scope in which step `number` is bound to what its patterns may be."""
    events = [scope.event(pattern.event) for pattern in patterns if isinstance(pattern, Pattern)]
    places = tuple(pattern.place for pattern in patterns if isinstance(pattern, PlacePattern))
    if places:
        events += [event for event in scope.vocabulary.events.values() if event.family == "location"]
    known = tuple(dict.fromkeys(event.name for event in events if event is not None))
    types = tuple(event for event in map(scope.event, known) if event is not None)
    return structs.replace(scope, steps=(*scope.steps, BoundStep(number, name, types, places)))


def _step(
    node: tree.Step, number: int, earlier: Sequence[tree.Step], scope: Scope, problems: list[Problem]
) -> Step | None:
    before = len(problems)
    _check_place_in_list(node, number, problems)
    _check_name(node, earlier, scope, problems)
    patterns: _Alternatives | None
    if node.kind is StepKind.WITHOUT:
        patterns = resolve_patterns(node.patterns, scope, problems)
    else:
        patterns = resolve_alternatives(node.patterns, scope, problems)
    duration = 0 if node.duration is None else resolve_duration(node.duration, scope.vocabulary, problems)
    after = _after(node, number, earlier, problems)
    if patterns is None or duration is None or after is None or len(problems) > before:
        return None
    if node.kind is StepKind.WITHOUT and not _begins_in_time(node, patterns, after, scope, problems):
        return None
    name = None if node.name is None else node.name.text
    return Step(node.kind, patterns, duration, after, name)


def _check_place_in_list(node: tree.Step, number: int, problems: list[Problem]) -> None:
    """The first step begins; each later one says what it is, and how long it may take."""
    if number == 0 and node.kind is not StepKind.FIRST:
        hint = say("Begin with an event, or with a place that is entered or left.")
        problems.append(node.at.problem("E404", say('A sequence cannot begin with "{kind}".', kind=node.kind), hint))
    elif number > 0 and node.kind is StepKind.FIRST:
        text = node.at.text
        ways = form(
            node.at,
            say("then {text} within 24 hours, or without {text} for 24 hours", text=text),
            say("然后24小时内{text}, or 24小时内没有{text}", text=text),
        )
        hint = say("Write {ways}.", ways=ways)
        problems.append(node.at.problem("E403", say("A step after the first begins with then or without."), hint))
    elif number > 0 and node.duration is None:
        word = "for" if node.kind is StepKind.WITHOUT else "within"
        said = say("How long? A step with {kind} needs a length of time.", kind=node.kind)
        events = node.patterns.at.text
        chinese = f"24小时内没有{events}" if node.kind is StepKind.WITHOUT else f"然后24小时内{events}"
        problems.append(
            node.at.problem(
                "E403", said, say("Write {written}", written=form(node.at, f"{node.at.text} {word} 24 hours", chinese))
            )
        )


def _check_name(node: tree.Step, earlier: Sequence[tree.Step], scope: Scope, problems: list[Problem]) -> None:
    """A step's name is its own: no other step, event, fact or attribute has it."""
    if node.name is None:
        return
    name = node.name.text
    if node.kind is StepKind.WITHOUT:
        said = say("A step with without binds no event, so it has no name.")
        problems.append(
            node.name.at.problem(
                "E409",
                said,
                say("Leave out {written}{text}", written=form(node.name.at, "as ", "记为"), text=node.name.at.text),
            )
        )
    elif name in (CUSTOMER, STEP) or any(step.name is not None and step.name.text == name for step in earlier):
        problems.append(
            node.name.at.problem(
                "E214", say('The name "{name}" is taken.', name=name), say("Give the step another name.")
            )
        )
    elif scope.event(name) is not None:
        said = say('"{name}" is the name of an event already.', name=name)
        problems.append(node.name.at.problem("E214", said, say("Give the step another name.")))


def _after(node: tree.Step, number: int, earlier: Sequence[tree.Step], problems: list[Problem]) -> int | None:
    """The number of the step a length of time counts from: the one named, by default the one before."""
    if node.after is None:
        return max(0, number - 1)
    name = node.after.text
    for at, step in enumerate(earlier):
        if step.name is not None and step.name.text == name:
            return at
    by_event = [at for at, step in enumerate(earlier) if step.kind is not StepKind.WITHOUT and _is_about(step, name)]
    if len(by_event) == 1:
        return by_event[0]
    names = [step.name.text for step in earlier if step.name is not None]
    named = form(node.after.at, "EVENT as NAME", "EVENT，记为NAME")
    hint = suggestion(name, names) or say("Name the earlier step: {named}.", named=named)
    problems.append(
        node.after.at.problem("E409", say('No earlier step is called "{after}".', after=node.after.at.text), hint)
    )
    return None


def _begins_in_time(
    node: tree.Step, patterns: _Alternatives, after: int, scope: Scope, problems: list[Problem]
) -> bool:
    """Whether an absence looks only at what is known when its wait begins.

    What is absent may come before the later step it would be compared with; nothing is kept to compare it then.
    """
    late = max((step for each in nodes(patterns) if (step := getattr(each, "step", None)) is not None), default=0)
    if node.after is None or late <= after:
        return True
    compared = next(step for step in scope.steps if step.number == late)
    name = compared.name or " or ".join([event.name for event in compared.events] or compared.places)
    began = node.after.at.text
    said = say('The wait begins with "{began}", and compares with "{name}", which comes later.', began=began, name=name)
    leave = form(node.after.at, f"after {began}", f"{began}后")
    hint = say('Leave out "{leave}", or compare with what is known at "{began}".', leave=leave, began=began)
    problems.append(node.after.at.problem("E420", said, hint))
    return False


def _is_about(step: tree.Step, event: str) -> bool:
    events = [each for group in step.patterns.groups for each in group.events]
    return len(events) == 1 and isinstance(events[0], tree.Name) and events[0].text == event
