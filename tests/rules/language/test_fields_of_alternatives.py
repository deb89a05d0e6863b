"""A field that both events of `A or B` have."""

from __future__ import annotations

import pytest

from rules.workspace.workspace import load_texts

VOCABULARY = """\
currency: CNY
languages: [en]
events:
  data used: {family: consumption, amount: data, network: home | roaming}
  call made: {family: consumption, amount: duration, network: home | abroad}
"""


def problems(line: str) -> list[str]:
    """The codes of what is wrong with a rule that asks this of either event."""
    rule = f"when: data used or call made\nonly if: {line}\nthen: {{guide: Hello}}\n"
    return [problem.code for problem in load_texts({"vocabulary.yaml": VOCABULARY, "rules/one.yaml": rule}).problems]


@pytest.mark.parametrize("line", ["amount > 1 GB", "amount > 3 minutes", "step.amount is known"])
def test_one_that_is_not_of_one_kind_is_an_error(line: str) -> None:
    """Neither event's type is taken for both."""
    assert problems(line) == ["E203"]


@pytest.mark.parametrize("network", ["home", "roaming", "abroad"])
def test_a_choice_has_the_values_of_both(network: str) -> None:
    """What only one of them can be may be asked for."""
    assert problems(f"network is {network}") == []
    assert problems("network is elsewhere") == ["E204"]
