"""Laws of explanations, on random rules of every kind."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from models.policy import Policy
from models.types import DURATION, Kind
from models.vocabulary import Vocabulary
from rules import typed
from rules.language.keywords import CHINESE_DAYS, ENGLISH_DAYS
from rules.language.own_names import OWN_CHINESE
from rules.sentences.explain import LANGUAGES, explain
from rules.sentences.values import clock, percent, said
from rules.typed import Rule
from rules.walk import nodes
from rules.workspace.rule_file import RuleFile
from rules.workspace.workspace import Workspace
from tests.property.typed_rules import rule
from tests.property.worlds import world
from tests.rules.sentences.test_golden_explanations import lines

CHINESE = {**OWN_CHINESE, **dict(zip(ENGLISH_DAYS, (spellings[0] for spellings in CHINESE_DAYS), strict=True))}


def explained(made: Rule, vocabulary: Vocabulary, language: str) -> str:
    """The explanation of a rule in a workspace that has nothing else, as one text."""
    workspace = Workspace(None, vocabulary, Policy(), {}, (), ())
    return "\n".join(lines(explain(RuleFile(made, "rules/x.yaml"), workspace, language)))


def must_be_said(made: Rule, vocabulary: Vocabulary, language: str) -> Iterator[set[str]]:
    """For each part of a rule the texts of which one must occur."""
    for node in nodes(made):
        match node:
            case typed.Constant(value, type_) if isinstance(value, str):
                yield {value, CHINESE.get(value, value)}
            case typed.Constant(value, type_):
                share = {percent(value)} if type_.kind is Kind.NUMBER else set()
                yield {said(value, type_, vocabulary, language), *share}
            case typed.Attribute(name) | typed.EachValue(name) | typed.Named(name) | typed.FieldOf(name):
                yield {name, CHINESE.get(name, name)}
            case typed.PlaceName(place) | typed.PlacePattern(_, place) | typed.Call(place=str(place)):
                yield {place}
            case typed.Aggregate(field=str(field)):
                yield {field, CHINESE.get(field, field)}
            case typed.Pattern(event):
                yield {event, CHINESE.get(event, event)}
            case typed.EveryDay(at) | typed.EveryWeek(at=at) | typed.EveryYear(at=at):
                yield {clock(at)}
            case typed.EveryCycle(day, at):
                yield {str(day)}
                yield {clock(at)}
            case typed.Cap(number):
                yield {str(number), *({"once"} if number == 1 else {"twice"} if number == 2 else ())}
        for length in lengths(node):
            yield {said(length, DURATION, vocabulary, language)}


def lengths(node: object) -> Iterator[int]:
    """The lengths of time that a node has of its own."""
    match node:
        case typed.Sliding(length, ending):
            yield from filter(None, (length, ending))
        case typed.Step(duration=duration) | typed.PlacePattern(duration=duration):
            yield from filter(None, (duration,))
        case typed.After(delay):
            yield delay
        case typed.Shift(0, millis):
            yield from filter(None, (abs(millis),))


@given(st.integers(0, 2**32), st.sampled_from(LANGUAGES))
def test_any_rule_can_be_explained_and_nothing_of_it_is_left_out(seed: int, language: str) -> None:
    """Every value, name, length of time and time of day of a rule stands in its explanation, in both languages."""
    random = Random(seed)
    place = world(random)
    made = rule(random, place, "r")
    text = explained(made, place.vocabulary, language)
    for alternatives in must_be_said(made, place.vocabulary, language):
        assert any(one in text for one in alternatives), (alternatives, text)


@given(st.integers(0, 2**32))
def test_an_english_explanation_has_no_chinese_in_it(seed: int) -> None:
    """The two languages share no table by mistake."""
    random = Random(seed)
    place = world(random)
    text = explained(rule(random, place, "r"), place.vocabulary, "en")
    assert not [sign for sign in text if "\u3000" <= sign <= "\u9fff"]
