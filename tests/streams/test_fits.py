"""Which of many patterns an event fits: by the short way of one field where there is one, and by asking each."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.types import CELL, MONEY, TEXT, YES_NO, Kind, Type
from rules.compile.view import View
from rules.fitting import Fitting, fitting
from rules.plan import plan
from rules.program import program
from rules.record import Record
from rules.typed import AllOf, Comparator, Compare, Condition, Constant, Contains, OneOf
from streams.compiled import COMPILED
from tests.compiled import compiled_module
from tests.property.building import VOCABULARY, compare, field

NOW = 1_772_000_000_000
APP = Type(Kind.CHOICE, ("video", "music", "chat"))
_COMPILER = program(plan([], VOCABULARY)).compiler
_RECORD: Any = Record("c", None)  # type: ignore[arg-type]  # nobody asks for her zone


def one_of(name: str, type_: Type, *values: str) -> OneOf:
    """`field is one of values`."""
    return OneOf(field(name, type_), tuple(Constant(value, type_) for value in values))


def holds(*words: str, of: str = "query") -> Contains:
    """`field contains words`."""
    return Contains(field(of, TEXT), tuple(Constant(word, TEXT) for word in words))


def price(sign: str, limit: int) -> Compare:
    """`price > limit`, or its like."""
    return compare(field("price", MONEY), sign, limit)


VIDEO, MUSIC, CHAT = (compare(field("app", APP), "is", app) for app in APP.choices)
#: (a choice that is compared with a text is folded)
WIDE = Compare(Comparator.IS, field("app", APP), Constant("VIDEO", TEXT))
BILL = compare(field("query", TEXT), "is", "Bill")
CELL_ONE = compare(field("cell", CELL), "is", "C-1")
KINDS: dict[str, list[Condition | None]] = {
    "values": [VIDEO, None, MUSIC, one_of("app", APP, "chat", "video", "chat"), CHAT],
    "folded": [BILL, one_of("query", TEXT, "BILL", "price"), None, compare(field("query", TEXT), "is", "Ｐrice")],
    "words": [holds("Bill"), None, holds("price", "BILL"), holds("é")],
    "least": [price(">", 5), AllOf((VIDEO, price(">=", 9), price(">", 7))), None, price(">=", 6)],
    "nothing": [None],
    "several": [VIDEO, WIDE, BILL, CELL_ONE, holds("bill"), holds("one", of="cell"), price(">", 5), price("<", 3)],
    "roams": [compare(field("roams", YES_NO), "is", True), compare(field("roams", YES_NO), "is", False)],
}
_DATA = st.fixed_dictionaries(
    {},
    optional={
        "app": st.sampled_from([None, *APP.choices, "none"]),
        "query": st.sampled_from([None, "", "bill", "my BILL", "ｐｒｉｃｅ", "the price of a bill", "É", "é 2"]),
        "cell": st.sampled_from([None, "c-1", "C-1", "one"]),
        "price": st.sampled_from([None, -1, 0, 2, 5, 6, 7, 8, 9, 10, 1 << 70]),
        "roams": st.sampled_from([None, True, False]),
    },
)
_PATTERNS = st.one_of(
    *(st.lists(st.tuples(st.sampled_from(kind), st.integers(0, 5)), min_size=1, max_size=9) for kind in KINDS.values()),
    st.lists(
        st.tuples(st.sampled_from([one for kind in KINDS.values() for one in kind]), st.integers(0, 5)),
        min_size=1,
        max_size=9,
    ),
)


def made(patterns: list[tuple[Condition | None, int]]) -> Fitting[int]:
    """The question."""
    question = fitting(patterns, _COMPILER)
    assert question is not None
    return question


def of_kind(kind: str) -> Fitting[int]:
    """That of all patterns of a kind, numbered."""
    return made([(where, number) for number, where in enumerate(KINDS[kind])])


def asked(question: Fitting[int], data: dict[str, Any]) -> list[int]:
    """The answer, from whoever answers: they agree, and in the order, too."""
    answer = question.ask(data, _RECORD, NOW)
    fits = compiled_module("streams.fits")
    if fits is not None:
        assert fits.fitted(question, data, _RECORD, NOW) == answer
    return answer


@given(_PATTERNS, st.lists(_DATA, min_size=1, max_size=5))
def test_an_event_fits_the_patterns_that_are_true_of_it(
    patterns: list[tuple[Condition | None, int]], events: list[dict[str, Any]]
) -> None:
    """Each pattern tried alone says the same as one question for all of them; none is told twice."""
    question = made(patterns)
    for data in events:
        view = View(_RECORD, NOW)
        view.data = data
        true = {payload for where, payload in patterns if where is None or _COMPILER.check(where)(view) is True}
        assert sorted(asked(question, data)) == sorted(true)


@pytest.mark.parametrize(
    ("kind", "data", "fits"),
    [
        ("values", {"app": "video"}, [1, 0, 3]),
        ("values", {"app": "chat"}, [1, 3, 4]),
        ("values", {"app": "none"}, [1]),
        ("values", {}, [1]),
        ("folded", {"query": "bILL"}, [2, 0, 1]),
        ("folded", {"query": "PRICE"}, [2, 1, 3]),
        ("folded", {"query": "ＰＲＩＣＥ"}, [2, 1, 3]),
        ("words", {"query": "the price"}, [1, 2]),
        ("words", {"query": "MY BILL, É"}, [1, 0, 2, 3]),
        ("words", {"query": "the price of a bill"}, [1, 0, 2]),
        ("words", {"query": "ｂｉｌｌ"}, [1, 0, 2]),
        ("words", {"query": None}, [1]),
        ("least", {"price": 4}, [2]),
        ("least", {"price": 6}, [2, 0, 3]),
        ("least", {"price": 9, "app": "video"}, [2, 0, 1, 3]),
        ("nothing", {"price": 9}, [0]),
        ("roams", {"roams": False}, [1]),
    ],
)
def test_answers_come_in_the_order_of_the_patterns(kind: str, data: dict[str, Any], fits: list[int]) -> None:
    """What fits always comes first: records are written in this order. It is so each time."""
    question = of_kind(kind)
    assert question.shortcut is not None
    assert asked(question, data) == fits == asked(question, data)


def test_one_field_has_a_short_way_and_several_have_none() -> None:
    """What is short is asked no further; where patterns look at different fields all are asked."""
    short = {kind: of_kind(kind).shortcut for kind in KINDS}
    fields = {kind: None if one is None else one.field for kind, one in short.items()}
    assert fields == {
        "values": "app",
        "folded": "query",
        "words": "query",
        "least": "price",
        "nothing": None,
        "several": None,
        "roams": "roams",
    }
    least = short["least"]
    assert short["several"] is None
    assert least is not None
    assert least.least == 5
    other: list[Condition] = [
        VIDEO,
        holds("bill"),
        holds("bill", of="cell"),
        WIDE,
        AllOf((VIDEO, CELL_ONE)),
        price("<", 3),
    ]
    for place, one in enumerate(other):
        for two in other[place + 1 :]:
            assert made([(one, 1), (two, 2)]).shortcut is None


def test_an_answer_is_the_same_list_each_time() -> None:
    """It is kept, and nobody changes it: where nothing fits, too."""
    question = made([(VIDEO, 1), (MUSIC, 2)])
    for app in ("video", "music", "none"):
        assert asked(question, {"app": app}) is asked(question, {"app": app})


def test_the_other_patterns_are_asked_from_the_least_value_on() -> None:
    """Below it no function is called, and an error of one comes out."""
    fits = compiled_module("streams.fits")
    if fits is None:
        pytest.skip("nothing is compiled")
    known = of_kind("least").shortcut

    def fails(*_: object) -> list[int]:
        raise ZeroDivisionError

    failing: Fitting[int] = Fitting(fails, known)
    assert fits.fitted(failing, {"price": 4}, _RECORD, NOW) == [2]
    for data in ({"price": 5}, {"price": 6}):
        with pytest.raises(ZeroDivisionError):
            fits.fitted(failing, data, _RECORD, NOW)
    with pytest.raises(ZeroDivisionError):
        fits.fitted(Fitting(fails, None), {}, _RECORD, NOW)


def test_what_is_no_question_is_refused() -> None:
    """Compiled code reads fields at their places, so it looks at what it is given."""
    fits = compiled_module("streams.fits")
    if fits is None:
        pytest.skip("nothing is compiled")
    wrongs: list[Any] = [None, [], fitting]
    for wrong in wrongs:
        with pytest.raises(TypeError, match="a fitting is expected"):
            fits.fitted(wrong, {}, _RECORD, NOW)


def test_all_is_compiled_or_nothing() -> None:
    """Where one part of it is missing, as after a broken build, Python does it all."""
    assert (compiled_module("streams.fits") is not None) == COMPILED
