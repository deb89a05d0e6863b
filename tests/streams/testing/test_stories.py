from __future__ import annotations

import textwrap

import pytest

from rules.workspace.workspace import Workspace, load_texts
from streams.testing.matching import StoryResult
from streams.testing.stories import run_stories, run_story

VOCABULARY = """
time zone: Asia/Shanghai
currency: CNY
languages: [en]
customer:
  plan: S | M
  manager: text
  contract ends: date
events:
  data used: {family: consumption, amount: data}
  paid: {family: consumption, price: money}
  call dropped: {family: behavior, cell: cell}
"""

OFFERS = """
top-up:
  kind: offer
  title: Five gigabytes
  value: 20 CNY
"""


def workspace(head: str, tests: str, policy: str = "") -> Workspace:
    """A workspace with one rule and its tests."""
    indented = textwrap.indent(textwrap.dedent(tests).strip(), "  ")
    rule = f"title: Trial\n{textwrap.dedent(head).strip()}\ntests:\n{indented}\n"
    files = {"vocabulary.yaml": VOCABULARY, "offers.yaml": OFFERS, "rules/trial.yaml": rule}
    loaded = load_texts({**files, "policy.yaml": policy} if policy else files)
    assert loaded.workspace is not None, [str(problem) for problem in loaded.problems]
    return loaded.workspace


def result_of(head: str, story: str, customer: str = "{}", policy: str = "off") -> StoryResult:
    """What comes of one story told of a rule."""
    lines = textwrap.indent(textwrap.dedent(story).strip(), "    ")
    read = workspace(head, f"- it: is tried\n  customer: {customer}\n  policy: {policy}\n  story:\n{lines}")
    (file,) = read.rules
    return run_story(read, file, file.tests[0])


def said(result: StoryResult) -> list[str]:
    """Why the expectations that were not met were not."""
    return [why for checked in result.checked for why in checked.why_not]


WARN = """
facts:
  used: sum of amount of data used over today
when: used reaches 8 GB
only if: plan is M
then:
  guide: {en: "You have used {used}."}
  offer: top-up
  by: [app, sms]
at most: 1 per 7 days
"""


def test_a_story_whose_every_expectation_is_met_passes() -> None:
    """Guidance with its offer, its channel and its words, at the moment of the line above."""
    story = """
    - 2026-03-02 09:00 data used: {amount: 7 GB}
    - +1 hour data used: {amount: 2 GB}
    - expect guidance with offer top-up by app saying "used 9 GB"
    """
    assert result_of(WARN, story, "{plan: M}").passed


def test_nothing_may_happen_that_is_not_expected() -> None:
    """A message nobody expected fails the test, and is named."""
    result = result_of(WARN, "- 2026-03-02 09:00 data used: {amount: 9 GB}", "{plan: M}")
    assert not result.passed
    assert [decision.kind for decision in result.unexpected] == ["guidance", "offer"]


def test_an_offer_that_comes_with_the_guidance_must_be_expected_too() -> None:
    """`expect guidance` alone leaves the offer unexpected."""
    story = """
    - 2026-03-02 09:00 data used: {amount: 9 GB}
    - expect guidance
    """
    result = result_of(WARN, story, "{plan: M}")
    assert [decision.offer for decision in result.unexpected] == ["top-up"]


@pytest.mark.parametrize(
    "wrong", ["guidance by sms", 'guidance saying "8 GB"', "guidance with offer top-up by sms", "offer top-up by sms"]
)
def test_an_expectation_is_met_only_by_what_it_says(wrong: str) -> None:
    """Another channel or other words do not meet it, and what happened instead is told."""
    story = f"""
    - 2026-03-02 09:00 data used: {{amount: 9 GB}}
    - expect {wrong}
    """
    result = result_of(WARN, story, "{plan: M}")
    assert not result.checked[0].passed
    assert {decision.kind for decision in result.checked[0].happened} == {"guidance", "offer"}


ALL_OF = WARN.replace("by: [app, sms]", "by: all of [app, sms]")


@pytest.mark.parametrize("reachable", ["app", "sms", None])
def test_a_message_by_all_channels_is_expected_by_any_of_them(reachable: str | None) -> None:
    """All those that reach her; what does not is another expectation."""
    story = """
    - 2026-03-02 09:00 data used: {amount: 9 GB}
    - expect guidance with offer top-up by sms
    """
    customer = "{plan: M}" if reachable is None else f"{{plan: M, reachable by: {reachable}}}"
    assert result_of(ALL_OF, story, customer).passed is (reachable != "app")


def test_nothing_stopped_by_a_line_needs_that_line_to_have_stopped_it() -> None:
    """The line of `only if` that did it meets the expectation."""
    story = """
    - 2026-03-02 09:00 data used: {amount: 9 GB}
    - expect nothing, stopped by plan is M
    """
    assert result_of(WARN, story, "{plan: S}").passed


def test_nothing_stopped_by_a_line_fails_where_the_situation_was_not_complete() -> None:
    """A negative test that tests nothing is found out, and says how far the situation was."""
    story = """
    - 2026-03-02 09:00 data used: {amount: 5 GB}
    - expect nothing, stopped by plan is M
    """
    result = result_of(WARN, story, "{plan: S}")
    assert said(result) == ["the situation was not complete: used was 5 GB, needed >= 8 GB"]


def test_why_not_names_the_line_the_value_and_what_was_needed() -> None:
    """An expected message that a line stopped is explained by that line."""
    story = """
    - 2026-03-02 09:00 data used: {amount: 9 GB}
    - expect guidance with offer top-up
    """
    assert said(result_of(WARN, story, "{plan: S}")) == ['stopped by "plan is M": found S, needed is M']


def test_at_most_stops_the_second_time() -> None:
    """What `at most` refuses does not happen, and can be expected so."""
    story = """
    - 2026-03-02 09:00 data used: {amount: 9 GB}
    - expect guidance with offer top-up
    - 2026-03-03 09:00 data used: {amount: 9 GB}
    - expect nothing, stopped by at most
    - expect nothing, stopped by at most 1 per 7 days
    """
    assert result_of(WARN, story, "{plan: M}").passed


def test_stopped_by_when_means_that_the_situation_was_not_complete() -> None:
    """It fails where the situation was complete and a line stopped it."""
    incomplete = """
    - 2026-03-02 09:00 data used: {amount: 5 GB}
    - expect nothing, stopped by when
    """
    assert result_of(WARN, incomplete, "{plan: S}").passed
    complete = result_of(WARN, incomplete.replace("5 GB", "9 GB"), "{plan: S}")
    assert said(complete) == ['the situation was complete, and stopped by "plan is M": found S, needed is M']


def test_an_expectation_at_the_wrong_time_says_when_it_came() -> None:
    """The moment at which it did come is the explanation."""
    story = """
    - 2026-03-02 09:00 data used: {amount: 9 GB}
    - +1 hour expect guidance with offer top-up
    """
    assert "it came at 2026-03-02 09:00" in said(result_of(WARN, story, "{plan: M}"))


BLOCKS = """
when: call dropped
then:
  - only if: plan is S
    guide: {en: Sorry.}
  - task:
      who: manager
      what: Call her back
    only if: plan is M
"""


def test_a_line_of_a_block_can_be_what_stopped_it() -> None:
    """The line of the block that was left out meets the expectation, where nothing else happened."""
    head = BLOCKS.replace("only if: plan is M", "only if: manager is known")
    story = """
    - 2026-03-02 09:00 call dropped: {cell: 460-00-1}
    - expect nothing, stopped by plan is S
    """
    assert result_of(head, story, "{plan: M}").passed


@pytest.mark.parametrize(("who", "passes"), [("manager", True), ("Li Na", True), ("Wang Wei", False)])
def test_a_task_is_expected_for_an_attribute_or_the_person_it_names(who: str, passes: bool) -> None:
    """`task for manager` and `task for Li Na` are the same where Li Na is her manager."""
    story = f"""
    - 2026-03-02 09:00 call dropped: {{cell: 460-00-1}}
    - expect task for {who}
    """
    assert result_of(BLOCKS, story, "{plan: M, manager: Li Na}").passed is passes


def test_the_clock_runs_on_while_something_is_pending() -> None:
    """An absence that ends after the last line still has to be expected."""
    head = """
    when:
      - call dropped
      - without paid for 2 hours
    then:
      guide: {en: Sorry.}
    """
    story = "- 2026-03-02 09:00 call dropped: {cell: 460-00-1}"
    result = result_of(head, story)
    assert [decision.time for decision in result.unexpected] == ["2026-03-02T03:00:00.000Z"]


def test_moments_that_repeat_come_no_later_than_the_last_line() -> None:
    """`every day` fires up to the last line, and not for ever after."""
    head = """
    when: every day at 09:00
    then:
      guide: {en: Good morning.}
    """
    story = """
    - 2026-03-02 12:00 call dropped: {cell: 460-00-1}
    - 2026-03-03 09:00 expect guidance
    - 2026-03-04 09:00 expect guidance
    """
    assert result_of(head, story).passed


def test_a_moment_at_the_first_line_is_hers() -> None:
    """She was a customer before the story began, so that the moment of its first line fires."""
    head = """
    when: 3 days before contract ends at 09:00
    then:
      guide: {en: Soon.}
    """
    assert result_of(head, "- 2026-03-17 09:00 expect guidance", "{contract ends: 2026-03-20}").passed


def test_nobody_in_a_story_is_in_a_control_group() -> None:
    """A rule that withholds all its offers for control still shows them in its tests."""
    head = WARN + "measure:\n  control: 100% of offer\n"
    story = """
    - 2026-03-02 09:00 data used: {amount: 9 GB}
    - expect guidance with offer top-up
    """
    assert result_of(head, story, "{plan: M}").passed


def test_times_of_a_story_are_those_of_its_customer() -> None:
    """A customer with a time zone of her own has her own nine o'clock."""
    head = """
    when: every day at 09:00
    then:
      guide: {en: Good morning.}
    """
    result = result_of(head, "- 2026-03-02 09:00 expect guidance", "{time zone: Europe/Paris}")
    assert result.passed
    assert str(result.zone) == "Europe/Paris"


def test_a_sequence_says_how_far_it_had_come() -> None:
    """An expectation before the last step is explained by the steps that are done."""
    head = """
    when:
      - call dropped
      - then paid within 2 hours
      - then data used within 2 hours
    then:
      guide: {en: Thanks.}
    """
    story = """
    - 2026-03-02 09:00 call dropped: {cell: 460-00-1}
    - +1 hour paid: {price: 5 CNY}
    - expect guidance
    """
    assert said(result_of(head, story)) == ["the situation was not complete: a sequence is open, 2 of 3 steps are done"]


def test_stories_of_a_rule_do_not_touch_each_other() -> None:
    """The same story told twice of one rule ends the same way twice, though `at most` would refuse a second match."""
    lines = """
  customer: {plan: M}
  story:
    - 2026-03-02 09:00 data used: {amount: 9 GB}
    - expect guidance with offer top-up"""
    read = workspace(WARN, f"- it: is told{lines}\n- it: is told again{lines}")
    (file,) = read.rules
    assert [result.passed for result in run_stories(read, file)] == [True, True]


NIGHT = """
- it: is tried
  policy: {policy}
  story:
    - 2026-03-02 22:00 paid: {{price: 1 CNY}}
    - {then}
"""
SELL = """
when: paid
then:
  offer: top-up
"""


@pytest.mark.parametrize(
    ("policy", "then"),
    [("off", "expect offer top-up"), ("on", "expect nothing\n    - 2026-03-03 09:00 expect offer top-up")],
)
def test_quiet_hours_act_in_a_story_with_policy(policy: str, then: str) -> None:
    """An offer of the night comes in the morning, or at once where the story leaves policy aside."""
    quiet = "quiet hours: {marketing: 20:00-09:00, service: none}\n"
    (file,) = (read := workspace(SELL, NIGHT.format(policy=policy, then=then), policy=quiet)).rules
    (result,) = run_stories(read, file)
    assert result.passed, said(result)


def test_a_story_with_policy_is_refused_where_policy_is_not_built() -> None:
    """It is not run without it as if that were the same, and says where the policy asks for it."""
    lines = "- it: is tried\n  policy: on\n  story:\n    - 2026-03-02 09:00 data used: {amount: 1 GB}"
    read = workspace(WARN, lines, policy="consent: {marketing: required}\n")
    (file,) = read.rules
    (result,) = run_stories(read, file)
    assert not result.passed
    assert "policy.yaml:1" in (result.refused or "")
