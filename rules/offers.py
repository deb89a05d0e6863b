"""What can be offered or granted, as offers.yaml has it: titles and terms."""

from __future__ import annotations

from dataclasses import dataclass

from models.decisions import ActionKind
from models.types import MONEY
from rules.typed import Arithmetic, Expression, Operator, Pattern, Rounded


@dataclass(frozen=True, slots=True)
class OfferTerms:
    """An offer or a grant. Amounts are money and may be expressions over attributes and facts.

    `titles` is language -> text, in the vocabulary's order of languages; `likelihood` is a number from 0 to 1.
    Stock, limits, recovery and the partner are read and checked, and do not act yet.
    """

    name: str
    kind: ActionKind
    titles: tuple[tuple[str, str], ...] = ()
    cost: Expression | None = None
    value: Expression | None = None
    likelihood: Expression | None = None
    #: What the customer gains by it.
    for_customer: Expression | None = None
    partner: str | None = None
    #: How many there are.
    stock: int | None = None
    #: How long it is valid, in milliseconds.
    good_for: int | None = None
    #: What a grant puts at risk, and the most of it for one customer and for all, in grid units of money.
    at_risk: Expression | None = None
    limit_customer: int | None = None
    limit_total: int | None = None
    #: What brings a grant back, and within how many milliseconds.
    recover: tuple[tuple[Pattern, ...], int] | None = None

    def worth(self) -> Expression | None:
        """Likelihood * value - cost, in money; None where value or likelihood is not written. No cost is 0."""
        if self.value is None or self.likelihood is None:
            return None
        gain = Arithmetic(Operator.MULTIPLY, self.likelihood, self.value, MONEY)
        return Rounded(gain if self.cost is None else Arithmetic(Operator.SUBTRACT, gain, self.cost, MONEY), MONEY)

    def title(self, language: str) -> str:
        """The title in a language, else in the first language that has one, else the offer's name."""
        titles = dict(self.titles)
        return titles.get(language) or next(iter(titles.values()), self.name)
