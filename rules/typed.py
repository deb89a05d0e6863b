"""What a rule means: the typed tree that the interpreter reads and the plan is made from.

`rules.language.resolve` makes it from the syntax tree: names have become fields, attributes, facts and steps;
units have become grid values (see `models.types`); every node that is a value knows its type. All nodes are
frozen and hashable, so "the same fact in two rules" is plain equality.

Evaluation of a node happens *at* a moment (the taken time of an event, the due time of a timer), *for* one
customer, in a *scope*: the candidate event of a `where`, the events bound to the steps of a sequence, and the
value of `each`.

**Missing.** Every expression may be missing (None). Arithmetic with a missing value is missing, as is division
by zero. A comparison with a missing value is *unknown*; and / or / not are Kleene's. A line of `only if` holds
when it is true (unknown does not hold); a line of `unless` holds unless it is false (the strict reading); a
`where` holds when true. `is known` is never unknown.

**Rounding.** Arithmetic is exact (fractions); `Rounded` marks the one place where a quotient is brought back to
the grid of its type, half to even: the end of an expression that divides. Averages and percentages are not
rounded, so they compare by cross-multiplication.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from models.types import Fixed, Type


class Node(Struct, frozen=True, gc=False, array_like=True, tag_field="node", tag=True):
    """What all nodes are. Their form on disk (`rules.workspace.cache`) follows from their fields."""


# ---------------------------------------------------------------- windows


class CalendarUnit(StrEnum):
    DAY = "day"
    WEEK = "week"  # begins on Monday
    MONTH = "month"
    BILLING_CYCLE = "billing cycle"


class Sliding(Node, frozen=True):
    """`last D [ending E ago]`: half-open (now - ending - length, now - ending], milliseconds."""

    length: int
    ending: int = 0


class CalendarWindow(Node, frozen=True):
    """`today`, `this | previous week`, `last 3 billing cycles`.

    The window begins `back` units before the running one and is `count` units long; `today` is (DAY, 0, 1),
    `previous month` (MONTH, 1, 1), `last 3 billing cycles` (BILLING_CYCLE, 3, 3). It never reaches beyond now.
    """

    unit: CalendarUnit
    back: int = 0
    count: int = 1


class Ever(Node, frozen=True):
    """Since the record began."""


Window = Sliding | CalendarWindow | Ever

# ------------------------------------------------------------- expressions


class AggregateFunction(StrEnum):
    COUNT = "count"
    SUM = "sum"
    AVERAGE = "average"
    LOWEST = "lowest"
    HIGHEST = "highest"
    DISTINCT = "distinct"
    FIRST = "first"
    LAST = "last"
    #: (last time - first time) / (number of events - 1), a duration; missing below two events.
    TIME_BETWEEN = "average time between"


class Constant(Node, frozen=True):
    value: Fixed
    type: Type


class FieldOf(Node, frozen=True):
    """A field of an event: of the candidate of the `where` it stands in (`step` None), or of the event bound to
    step number `step` (0-based) of the situation. For a moment on `EVENT.FIELD` step 0 is that event."""

    name: str
    type: Type
    step: int | None = None


class Attribute(Node, frozen=True):
    name: str
    type: Type


class EachValue(Node, frozen=True):
    """The value by which the rule keeps things apart."""

    name: str
    type: Type


class PlaceName(Node, frozen=True):
    """The name of the member of a kind of place that step `step` entered, left or stays in."""

    place: str
    type: Type
    step: int


class Aggregate(Node, frozen=True):
    """An aggregate over the customer's events.

    `patterns` are alternatives; an event counts once, where its own time lies in the window, if any pattern
    fits it. The `where` of a pattern is judged when the event is taken (fields of the event; attributes as they
    are just then; no facts). `field` is None for `count` and `average time between` only. `each`: only events
    whose field of that name equals the scope's each value. Events whose field is missing are left out, except
    from `count`. Over no events `count`, `sum` and `distinct` are 0, all else is missing.
    """

    function: AggregateFunction
    field: str | None
    patterns: tuple[Pattern, ...]
    window: Window
    type: Type
    each: str | None = None


class SinceLast(Node, frozen=True):
    """`time since last EVENT`: now - the greatest time of a fitting event, over all the record; a duration."""

    patterns: tuple[Pattern, ...]
    type: Type
    each: str | None = None


class Operator(StrEnum):
    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "/"


class Arithmetic(Node, frozen=True):
    """Exact arithmetic on values in main units: grid values are scaled by `models.types.grid_of` of each type.

    E.g. number * money: grid 1,000,000 and 1 give a money value of left * right / 1,000,000.
    Date and moment: `moment - moment` is a duration, `moment +- duration` a moment, `date - date` a duration
    of whole 24-hour days, `date +- duration` a date (whole days, rounded down).
    """

    operator: Operator
    left: Expression
    right: Expression
    type: Type


class Rounded(Node, frozen=True):
    """The value of `of` on the grid of its type, half to even."""

    of: Expression
    type: Type


class Function(StrEnum):
    """Functions of the moment, of the customer, and of values. `days` are whole calendar days in her zone."""

    HOUR = "hour"  # 0..23, whole number
    WEEKDAY = "weekday"  # a choice, Monday..Sunday
    DAY_OF_BILLING_CYCLE = "day of billing cycle"  # 1.., whole number; missing without a bill day
    DAYS_IN_BILLING_CYCLE = "days in billing cycle"
    DAYS_UNTIL = "days until"  # date(argument) - today, may be negative; whole number
    DAYS_SINCE = "days since"  # today - date(argument)
    AGE = "age of"  # whole years completed; a birthday on 29 February is the 28th in other years
    DISTANCE = "distance to"  # from her position to the nearest member of `place`; 0 inside; length
    NPS_GROUP = "nps group of"  # promoter 9-10, passive 7-8, detractor 0-6; a choice
    LOWER = "lower of"
    HIGHER = "higher of"
    ROUND = "round"  # to whole main units, half to even


class Call(Node, frozen=True):
    function: Function
    arguments: tuple[Expression, ...]
    type: Type
    #: The place of `distance to`.
    place: str | None = None


class Named(Node, frozen=True):
    """A fact used by its name. Its value is `of`'s; the name is what traces and messages say."""

    name: str
    of: Expression
    type: Type


class Truth(Node, frozen=True):
    """A condition used as a yes/no value (an audience): True, False or missing (unknown)."""

    of: Condition
    type: Type


Expression = (
    Constant
    | FieldOf
    | Attribute
    | EachValue
    | PlaceName
    | Aggregate
    | SinceLast
    | Arithmetic
    | Rounded
    | Call
    | Named
    | Truth
)

# -------------------------------------------------------------- conditions


class Comparator(StrEnum):
    IS = "is"
    IS_NOT = "is not"
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="


class Compare(Node, frozen=True):
    """Both sides have the same kind, brought to the same grid by `resolve`. Texts compare by
    `models.text.fold` (case and width)."""

    operator: Comparator
    left: Expression
    right: Expression


class Between(Node, frozen=True):
    """`low <= of <= high`."""

    of: Expression
    low: Expression
    high: Expression


class OneOf(Node, frozen=True):
    of: Expression
    values: tuple[Expression, ...]


class Contains(Node, frozen=True):
    """The text holds one of the texts."""

    of: Expression
    values: tuple[Expression, ...]


class StartsWith(Node, frozen=True):
    of: Expression
    value: Expression


class Known(Node, frozen=True):
    of: Expression


class Holds(Node, frozen=True):
    """A yes/no expression standing as a condition."""

    of: Expression


class Not(Node, frozen=True):
    of: Condition


class AllOf(Node, frozen=True):
    of: tuple[Condition, ...]


class AnyOf(Node, frozen=True):
    of: tuple[Condition, ...]


Condition = Compare | Between | OneOf | Contains | StartsWith | Known | Holds | Not | AllOf | AnyOf

# -------------------------------------------------------------- situations


class Pattern(Node, frozen=True):
    """An event of this type for which `where` holds."""

    event: str
    where: Condition | None = None


class PlaceVerb(StrEnum):
    ENTERS = "enters"
    LEAVES = "leaves"
    STAYS = "stays in"


class PlacePattern(Node, frozen=True):
    """She enters, leaves or stays in a place (`duration` milliseconds, for STAYS only).

    Of a kind of place, each member counts by itself.
    """

    verb: PlaceVerb
    place: str
    duration: int = 0


class Happens(Node, frozen=True):
    """`when: EVENT [where ..] [or EVENT ..]`: step 0 is the event."""

    patterns: tuple[Pattern, ...]


class Crosses(Node, frozen=True):
    """`X reaches Y` (>=), `X falls below Y` (<), `AUDIENCE becomes`, `ATTRIBUTE becomes VALUE` (is).

    Fires when `condition`, false just before, is true. From or to unknown nothing crosses. No step is bound.
    """

    condition: Condition


class Visits(Node, frozen=True):
    """`enters`, `leaves`, `stays in`: step 0 is the position event (of the entering, for `stays in`)."""

    pattern: PlacePattern


class StepKind(StrEnum):
    FIRST = "first"
    THEN = "then"
    WITHOUT = "without"


class Step(Node, frozen=True):
    """A step of a sequence.

    THEN: one of `patterns` less than `duration` milliseconds after step `after`. WITHOUT: none of `patterns`
    for `duration` after step `after`. `after` is the number of an earlier step (by default the one before).
    FIRST has neither. Patterns of FIRST and THEN may be places (not STAYS).
    """

    kind: StepKind
    patterns: tuple[Pattern | PlacePattern, ...]
    duration: int = 0
    after: int = 0
    name: str | None = None


class Sequence(Node, frozen=True):
    steps: tuple[Step, ...]


class Shift(Node, frozen=True):
    """A length of time from a point in time: calendar days (weeks are seven), or milliseconds; negative: before."""

    days: int = 0
    millis: int = 0


class EveryDay(Node, frozen=True):
    """`every day at T`; `at` is minutes after midnight, here and below."""

    at: int


class EveryWeek(Node, frozen=True):
    """`every Monday at T`; `weekday` 0 is Monday."""

    weekday: int
    at: int


class EveryCycle(Node, frozen=True):
    """`on day 20 of billing cycle at T`; day 1 is the first. A cycle that is too short has no such day."""

    day: int
    at: int


class EveryYear(Node, frozen=True):
    """`every year on X at T`; `of` is a date or moment."""

    of: Attribute | FieldOf
    at: int
    #: For `EVENT.FIELD`: the events whose field it is.
    patterns: tuple[Pattern, ...] = ()


class Around(Node, frozen=True):
    """`D before | after X [at T]`. A shift in days keeps the local time (or takes `at`)."""

    of: Attribute | FieldOf
    shift: Shift
    at: int | None
    patterns: tuple[Pattern, ...] = ()


class Moment(Node, frozen=True):
    """A moment of the calendar, in the customer's zone. With `EVENT.FIELD` step 0 is the event."""

    when: EveryDay | EveryWeek | EveryCycle | EveryYear | Around


Situation = Happens | Crosses | Visits | Sequence | Moment

# ------------------------------------------------------------------ actions


class Line(Node, frozen=True):
    """A condition with its text as the rule has it."""

    text: str
    condition: Condition


class Placeholder(Node, frozen=True):
    """`{name}` or `{name, else "text"}` of a message."""

    name: str
    of: Expression
    otherwise: str | None = None


#: A text with placeholders.
Template = tuple[str | Placeholder, ...]


class Guide(Node, frozen=True):
    """`guide`: language -> template."""

    texts: tuple[tuple[str, Template], ...]


class Offer(Node, frozen=True):
    """`offer: NAME`, a name of offers.yaml; `worth` is what its terms say of that, in money, or None."""

    name: str
    worth: Expression | None = None


class Grant(Node, frozen=True):
    name: str


class Task(Node, frozen=True):
    """`who` is a role, or an attribute whose value is the person. `due` is milliseconds after the hand-off."""

    who: str | Attribute
    what: Template
    why: Template | None
    due: int | None
    worth: Expression | None


Action = Guide | Offer | Grant | Task


class After(Node, frozen=True):
    """`after: D [without E [or F]]`: `delay` milliseconds from the firing, unless one of the patterns happens.

    `task done` among the patterns means: the task of this match.
    """

    delay: int
    without: tuple[Pattern, ...] = ()
    text: str = ""


class Block(Node, frozen=True):
    actions: tuple[Action, ...]
    only_if: tuple[Line, ...] = ()
    unless: tuple[Line, ...] = ()
    after: After | None = None
    #: Channels in the order written; empty: all of policy's.
    by: tuple[str, ...] = ()
    #: `by: all of [..]`: each of them, not the first.
    by_all: bool = False
    #: `good for`, milliseconds.
    good_for: int | None = None


class Cap(Node, frozen=True):
    """`at most N per WINDOW`; a number with a unit rolls (Sliding), a bare word is her calendar, Ever is `ever`."""

    number: int
    window: Window
    text: str


class Control(Node, frozen=True):
    """`control: 10% [of KIND]`: `share` in grid units of a number; `kinds` are decision kinds, `offer` by default."""

    share: int
    kinds: tuple[str, ...] = ("offer",)


class Rule(Node, frozen=True):
    """One rule. `version` is the first 12 hex digits of the hash of its printed tree."""

    id: str
    version: str
    title: str
    situation: Situation
    blocks: tuple[Block, ...]
    each: str | None = None
    only_if: tuple[Line, ...] = ()
    unless: tuple[Line, ...] = ()
    stop_when: tuple[Pattern, ...] = ()
    at_most: tuple[Cap, ...] = ()
    #: First and last day (days since 1970, in the customer's zone, both included) it may match, or None.
    runs: tuple[int | None, int | None] = (None, None)
    paused: bool = False
    control: Control | None = None
    because: str = ""
    owner: str = ""
    #: Named facts of the rule and of facts.yaml that it uses, for traces; in order of appearance.
    facts: tuple[Named, ...] = ()
