from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.decisions import ActionKind
from models.types import DATA, MONEY, Kind
from models.units import parse_quantity
from rules import typed
from rules.problems import Severity
from rules.stories import ExpectKind, StoryEvent, StoryExpect
from rules.workspace.rule_file import RuleFile
from rules.workspace.workspace import Workspace, load, load_texts

EXAMPLE = Path(__file__).parent / "example"

VOCABULARY = """
currency: CNY
languages: [en]
customer: {plan: S | M | L, allowance: data, birthday: date, manager: text}
events:
  data used: {family: consumption, amount: data}
  paid: {family: consumption, price: money, product: text}
"""
RULE = "when: paid\nthen: {guide: Thank you.}\n"


@pytest.fixture(scope="module", name="example")
def _example() -> Workspace:
    loaded = load(EXAMPLE)
    assert [problem for problem in loaded.problems if problem.severity is Severity.ERROR] == []
    assert loaded.workspace is not None
    return loaded.workspace


def rule(workspace: Workspace, rule_id: str) -> RuleFile:
    """The rule of that id."""
    return next(file for file in workspace.rules if file.rule.id == rule_id)


def one(text: str, **files: str) -> RuleFile:
    """The rule of a small workspace."""
    loaded = load_texts({"vocabulary.yaml": VOCABULARY, "rules/one.yaml": text, **files})
    assert loaded.workspace is not None, loaded.problems
    return loaded.workspace.rules[0]


def found(files: dict[str, str]) -> list[str]:
    """The problems of a workspace as `file:line:column code`."""
    return [f"{p.file}:{p.line}:{p.column} {p.code}" for p in load_texts(files).problems]


def test_the_example_of_the_design_means_what_it_says(example: Workspace) -> None:
    """The rule "Data is about to run out" is read into exactly the typed tree its words stand for."""
    read = rule(example, "data-nearly-used").rule
    used = typed.Named(
        "used",
        typed.Aggregate(
            typed.AggregateFunction.SUM,
            "amount",
            (typed.Pattern("data used"),),
            typed.CalendarWindow(typed.CalendarUnit.BILLING_CYCLE),
            DATA,
        ),
        DATA,
    )
    assert isinstance(read.situation, typed.Crosses)
    condition = read.situation.condition
    assert isinstance(condition, typed.Compare)
    assert (condition.operator, condition.left) == (typed.Comparator.AT_LEAST, used)
    assert read.title == "Data is about to run out"
    assert read.runs == (20513, 20818)
    cycle = typed.CalendarWindow(typed.CalendarUnit.BILLING_CYCLE)
    assert read.at_most == (typed.Cap(1, cycle, "1 per billing cycle"),)
    assert read.control == typed.Control(100_000)
    assert [line.text for line in read.unless] == ["top-ups >= 3"]
    (block,) = read.blocks
    guide, offer = block.actions
    assert isinstance(guide, typed.Guide)
    allowance = typed.Placeholder("allowance", typed.Attribute("allowance", DATA))
    english = ("You have used ", typed.Placeholder("used", used), " of your ", allowance, ".")
    assert dict(guide.texts)["en"] == english
    assert [language for language, _ in guide.texts] == ["zh", "en"]
    assert offer == typed.Offer("five-gigabyte-top-up", example.offers["five-gigabyte-top-up"].worth())
    assert (block.by, block.by_all, block.good_for) == (("app", "sms"), False, 86_400_000)
    assert [fact.name for fact in read.facts] == ["used", "top-ups"]


def test_its_tests_are_read_too(example: Workspace) -> None:
    """A story has the customer's typed attributes and moments in her zone."""
    first, second = rule(example, "data-nearly-used").tests
    assert first.it == "warns once, at 80 percent"
    assert first.customer == {"plan": "M", "allowance": 10_000_000_000, "bill day": 1}
    assert first.zone == "Asia/Shanghai"
    start = 1772413200000  # 2026-03-02 09:00 in Shanghai
    assert [line.at for line in first.lines] == [start, start + 3_600_000, start + 3_600_000, start + 7_200_000]
    event, expected = first.lines[1], first.lines[2]
    assert isinstance(event, StoryEvent)
    assert (event.event, event.data) == ("data used", {"amount": 1_500_000_000, "network": "home"})
    assert isinstance(expected, StoryExpect)
    assert expected.kind is ExpectKind.GUIDANCE
    assert (expected.with_offer, expected.channel) == ("five-gigabyte-top-up", "app")
    last = second.lines[-1]
    assert isinstance(last, StoryExpect)
    assert (last.kind, last.stopped_by) == (ExpectKind.NOTHING, "plan is not unlimited")
    assert second.must_not_fire()
    assert not first.must_not_fire()


def test_blocks_wait_for_their_time(example: Workspace) -> None:
    """The complaint rule has three blocks, the later ones after hours without progress."""
    read = rule(example, "complaint-unanswered").rule
    assert read.each == "case"
    assert [block.after.delay if block.after else 0 for block in read.blocks] == [0, 14_400_000, 86_400_000]
    assert [block.after.without if block.after else () for block in read.blocks[1:]] == [
        (typed.Pattern("complaint progressed"),)
    ] * 2
    task = read.blocks[1].actions[1]
    assert isinstance(task, typed.Task)
    assert (task.who, task.due) == ("supervisor", 7_200_000)
    assert [len(block.only_if) for block in read.blocks] == [0, 0, 1]
    assert read.stop_when == (typed.Pattern("complaint closed"),)


def test_a_sequence_with_an_absence(example: Workspace) -> None:
    """The roaming rule is three steps, and its message quotes the search."""
    read = rule(example, "roaming-at-the-airport").rule
    assert isinstance(read.situation, typed.Sequence)
    kinds = [step.kind for step in read.situation.steps]
    assert kinds == [typed.StepKind.FIRST, typed.StepKind.THEN, typed.StepKind.WITHOUT]
    assert [step.duration for step in read.situation.steps] == [0, 172_800_000, 7_200_000]
    (block,) = read.blocks
    guide = block.actions[0]
    assert isinstance(guide, typed.Guide)
    quoted, manager = (part for part in dict(guide.texts)["en"] if isinstance(part, typed.Placeholder))
    assert (quoted.name, quoted.of) == ("search.query", typed.FieldOf("query", quoted.of.type, 0))
    assert (manager.name, manager.otherwise) == ("manager", "dear customer")
    assert block.by_all
    assert len(read.at_most) == 2
    assert read.runs == (20454, None)
    start = rule(example, "roaming-at-the-airport").tests[0].lines
    hours = [(line.at - start[0].at) / 3_600_000 for line in start]
    assert hours == [0, 12, 14]


def test_names_in_another_language_mean_the_same(example: Workspace) -> None:
    """Chinese names stand for the vocabulary's own in phrases and stories, as keys and as values."""
    (story,) = rule(example, "zh-heavy").tests
    assert story.customer == {"plan": "L", "allowance": 10_000_000_000}
    first = story.lines[0]
    assert isinstance(first, StoryEvent)
    assert (first.event, first.data) == ("data used", {"amount": 8_000_000_000, "network": "roaming"})
    assert [line.at - first.at for line in story.lines] == [0, 86_400_000, 172_800_000, 172_800_000, 172_800_000]


def test_shared_facts_stand_in_any_order(example: Workspace) -> None:
    """An audience may be written before the fact it needs."""
    facts = {fact.name: fact for fact in example.facts}
    assert set(facts) == {"heavy user", "recent data", "open complaint"}
    assert facts["heavy user"].type.kind is Kind.YES_NO
    assert isinstance(facts["recent data"].of, typed.Aggregate)
    crosses = rule(example, "zh-heavy").rule
    assert {fact.name for fact in crosses.facts} == {"heavy user", "recent data"}


def test_offers_have_terms(example: Workspace) -> None:
    """Amounts of offers are constants or expressions over her attributes, in money."""
    top_up, credit = example.offers["five-gigabyte-top-up"], example.offers["five-days-of-credit"]
    assert top_up.cost == typed.Constant(200, MONEY)
    assert (top_up.title("en"), top_up.title("fr")) == ("Five more gigabytes", "5 GB 加油包")
    assert top_up.likelihood is not None
    assert isinstance(top_up.likelihood, typed.Constant)
    assert Fraction(top_up.likelihood.value) == 120_000  # type: ignore[arg-type]  # a number
    assert credit.kind is ActionKind.GRANT
    assert (credit.limit_customer, credit.limit_total) == (5_000, 10_000_000)
    assert credit.recover == ((typed.Pattern("paid"),), 30 * 86_400_000)
    assert isinstance(credit.at_risk, typed.Rounded)


def test_policy_says_what_acts_and_what_does_not(example: Workspace) -> None:
    """Roles, channels and order act; the rest is named, and a run is refused for what would break a promise."""
    policy = example.policy
    assert policy.role_names() == ("service desk", "head of service", "supervisor")
    assert policy.channels == ("sms", "app")
    assert policy.roles[2].working_hours == (480, 1200)
    assert policy.order == (ActionKind.GRANT, ActionKind.GUIDANCE, ActionKind.TASK, ActionKind.OFFER)
    assert policy.quiet_hours == {"marketing": (1200, 540)}
    assert set(policy.acts_not_yet) == {"rate", "cost", "costs", "working hours"}
    assert set(policy.refuses) == {
        "consent",
        "caps",
        "gap between messages",
        "no marketing while",
        "person first when",
        "choose",
        "control",
        "fallback",
    }
    refusals = example.needs_policy_not_built()
    assert {problem.file for problem in refusals} == {"policy.yaml", "vocabulary.yaml"}
    assert len(refusals) == len(policy.refuses) + 1


def test_only_a_vocabulary_and_a_rule_are_needed() -> None:
    """Everything else has defaults, and nothing stands in the way of a run."""
    loaded = load_texts({"vocabulary.yaml": VOCABULARY, "rules/one.yaml": RULE})
    assert loaded.problems == []
    workspace = loaded.workspace
    assert workspace is not None
    assert workspace.needs_policy_not_built() == []
    assert workspace.policy.channels == ("app", "sms")
    assert workspace.vocabulary.time_zone == "UTC"
    assert (workspace.rules[0].rule.id, workspace.rules[0].rule.title) == ("one", "one")


def test_a_folder_reads_like_its_texts(tmp_path: Path) -> None:
    """The same files give the same workspace from a folder and from texts, byte order mark and line ends aside."""
    shutil.copytree(EXAMPLE, tmp_path / "copy")
    for file in (tmp_path / "copy").rglob("*.yaml"):
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    texts = {file.relative_to(EXAMPLE).as_posix(): file.read_text("utf-8") for file in EXAMPLE.rglob("*.*")}
    from_folder, from_texts = load(tmp_path / "copy"), load_texts(texts)
    assert from_folder.problems == from_texts.problems
    assert from_folder.workspace is not None
    assert from_texts.workspace is not None
    assert from_folder.workspace.rules == from_texts.workspace.rules
    assert from_folder.workspace.root == tmp_path / "copy"


def test_tests_may_stay_unread() -> None:
    """A run does not need the tests; a mistake in them does not stop it."""
    files = {"vocabulary.yaml": VOCABULARY, "rules/one.yaml": RULE + "tests: [nonsense]\n"}
    assert load_texts(files).workspace is None
    unread = load_texts(files, stories=False)
    assert unread.workspace is not None
    assert unread.workspace.rules[0].tests == ()


def test_what_is_no_folder_is_said(tmp_path: Path) -> None:
    """A path that is no workspace gives one problem."""
    assert [problem.code for problem in load(tmp_path / "nowhere").problems] == ["E103"]
    assert [problem.code for problem in load(tmp_path).problems] == ["E103"]


def test_files_nobody_would_read_are_named() -> None:
    """A misspelled file name is not silently left out."""
    strange = {"polcy.yaml": "a: b", "rules/a.yml": RULE}
    loaded = load_texts({"vocabulary.yaml": VOCABULARY, "rules/b.yaml": RULE, **strange})
    said = [(problem.file, problem.code, problem.hint) for problem in loaded.problems]
    assert said == [
        ("polcy.yaml", "E103", 'Did you mean "policy.yaml"?'),
        ("rules/a.yml", "E103", "Rename it: a.yaml"),
    ]


def test_two_rules_cannot_have_one_id() -> None:
    """Ids are names of files, whatever the folder."""
    files = {"vocabulary.yaml": VOCABULARY, "rules/a/one.yaml": RULE, "rules/b/One.yaml": RULE}
    assert found(files) == ["rules/b/One.yaml:1:1 E108"]


def test_a_mistake_in_a_fact_is_one_problem() -> None:
    """What uses a broken fact says nothing: in conditions, messages, other facts and tests."""
    text = """facts:
  spent: sum of prise of paid over today
  twice: spent * 2
when: spent reaches 5 CNY
only if: twice > 3 CNY
then:
  guide: "{spent} of {twice}"
tests:
  - it: fires
    story:
      - 2026-03-02 09:00 paid
      - expect guidance
"""
    assert found({"vocabulary.yaml": VOCABULARY, "rules/one.yaml": text}) == ["rules/one.yaml:2:17 E212"]


def test_a_mistake_in_a_shared_fact_is_one_problem() -> None:
    """Rules that use a broken fact of facts.yaml say nothing about it."""
    files = {"vocabulary.yaml": VOCABULARY, "facts.yaml": "busy: count of payd over today > 3\n"}
    files |= {f"rules/{name}.yaml": "when: becomes busy\nonly if: busy\nthen: {guide: hi}\n" for name in "abc"}
    assert [problem.split()[0] for problem in found(files)] == ["facts.yaml:1:16"]


def test_a_mistake_in_the_vocabulary_is_one_problem() -> None:
    """Phrases and stories that use a name whose definition is broken say nothing about it."""
    broken = VOCABULARY.replace("price: money", "price: mony").replace("birthday: date", "birthday: dat")
    files = {
        "vocabulary.yaml": broken,
        "rules/one.yaml": "when: paid where price > 5 CNY\nonly if: age of birthday > 18\nthen: {guide: hi}\n",
    }
    assert found(files) == ["vocabulary.yaml:4:56 E106", "vocabulary.yaml:7:38 E106"]


def test_a_mistake_in_a_situation_is_one_problem() -> None:
    """Where the situation cannot be read, nothing is said of the fields its steps would have had."""
    text = 'when: payd\nonly if: price > 3 CNY\nthen: {guide: "{product}"}\n'
    assert found({"vocabulary.yaml": VOCABULARY, "rules/one.yaml": text}) == ["rules/one.yaml:1:7 E201"]


def test_facts_in_a_circle_are_one_problem() -> None:
    """A circle is named once, with its way."""
    files = {
        "vocabulary.yaml": VOCABULARY,
        "rules/one.yaml": RULE,
        "facts.yaml": "a1: b1 + 1\nb1: c1 + 1\nc1: a1 + 1\n",
    }
    (problem,) = load_texts(files).problems
    assert (problem.code, problem.line) == ("E112", 1)
    assert '"a1" needs "b1" needs "c1" needs "a1"' in problem.message


@pytest.mark.parametrize(
    "change",
    [
        ("when: paid\n", "# a comment\nwhen:   paid\n"),
        ("when: paid\n", "title: Another\nowner: me\nbecause: why not\nwhen: paid\n"),
        ("then: {guide: Thank you.}", "then:\n  - guide:\n      en: Thank you."),
        ("when: paid\n", "when: paid\nfacts:\n  unused: count of paid over today\n"),
        ("when: paid\n", "when: paid\nmeasure: {harm: paid within 1 day}\n"),
        ("when: paid\n", "when: paid\ntests: []\n"),
    ],
)
def test_what_decides_nothing_keeps_the_version(change: tuple[str, str]) -> None:
    """Comments, layout, title, owner, because, unused facts, measures and tests do not change a rule's version."""
    assert one(RULE).rule.version == one(RULE.replace(*change)).rule.version


@pytest.mark.parametrize(
    "change",
    [
        ("paid", "data used"),
        ("Thank you.", "Thanks."),
        ("when: paid\n", "when: paid\nonly if: plan is S\n"),
        ("when: paid\n", "when: paid\nunless: plan is S\n"),
        ("when: paid\n", "when: paid\nat most: 1 ever\n"),
        ("when: paid\n", "when: paid\neach: product\n"),
        ("when: paid\n", "when: paid\nstop when: paid\n"),
        ("when: paid\n", "when: paid\npaused: yes\n"),
        ("when: paid\n", "when: paid\nruns: from 2026-01-01\n"),
        ("when: paid\n", "when: paid\nmeasure: {control: 10%}\n"),
        ("Thank you.}", "Thank you., by: app}"),
        ("Thank you.}", "Thank you., good for: 1 hour}"),
        ("Thank you.}", "Thank you., after: 1 hour}"),
        ("Thank you.}", "Thank you., task: {who: manager, what: call}}"),
    ],
)
def test_what_decides_changes_the_version(change: tuple[str, str]) -> None:
    """Everything that can change a decision changes a rule's version."""
    versions = {one(RULE).rule.version, one(RULE.replace(*change)).rule.version}
    assert len(versions) == 2
    assert all(len(version) == 12 and int(version, 16) >= 0 for version in versions)


def test_a_version_covers_the_facts_it_uses() -> None:
    """A changed definition of a shared fact, used through another, changes the version; of an unused one, not."""
    text = "when: paid\nonly if: often\nthen: {guide: hi}\n"
    facts = "often: many > 3\nmany: count of paid over today\nother: count of paid over today\n"
    same = one(text, **{"facts.yaml": facts}).rule.version
    unused = facts.replace("other: count of paid", "other: count of data used")
    used = facts.replace("many: count of paid over today", "many: count of paid over this week")
    assert one(text, **{"facts.yaml": unused}).rule.version == same
    assert one(text, **{"facts.yaml": used}).rule.version != same


def test_a_version_does_not_know_languages() -> None:
    """A rule written with names in another language is the same rule."""
    vocabulary = VOCABULARY + "names: {en: {plan: tariff}}\n"
    versions = set()
    for name in ("plan", "tariff"):
        text = f"when: paid\nonly if: {name} is S\nthen:\n  guide: on {{{name}}}\n"
        loaded = load_texts({"vocabulary.yaml": vocabulary, "rules/one.yaml": text})
        assert loaded.workspace is not None
        versions.add(loaded.workspace.rules[0].rule.version)
    assert len(versions) == 1


def test_units_of_the_workspace_are_those_of_its_vocabulary() -> None:
    """A data unit of 1024 makes a gigabyte larger, in phrases and in stories."""
    text = RULE + "tests: [{it: x, story: [2026-03-02 09:00 data used: {amount: 1 GB}, expect nothing]}]\n"
    loaded = load_texts({"vocabulary.yaml": VOCABULARY + "data unit: 1024\n", "rules/one.yaml": text})
    assert loaded.workspace is not None
    line = loaded.workspace.rules[0].tests[0].lines[0]
    assert isinstance(line, StoryEvent)
    assert line.data["amount"] == parse_quantity("1 GB", "CNY", 1024)[1]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("currency: CNY", "currency: Yuan"), "vocabulary.yaml:2:11 E111"),
        (("paid: {family: consumption, price: money, product: text}", "paid: later"), "vocabulary.yaml:7:9 E104"),
        (
            ("customer: {plan: S | M | L, allowance: data, birthday: date, manager: text}", "customer:"),
            "vocabulary.yaml:4:10 E104",
        ),
        (("plan: S | M | L", "plan: S | M | s"), "vocabulary.yaml:4:18 E106"),
    ],
)
def test_what_follows_from_the_vocabulary_is_not_said_again(change: tuple[str, str], problem: str) -> None:
    """A lost currency, event type or section is one problem, wherever its money and names are used."""
    files = {
        "vocabulary.yaml": VOCABULARY.replace(*change),
        "offers.yaml": "top-up: {cost: 2 CNY, value: lower of 3 CNY and 4 CNY}\n",
        "policy.yaml": "costs: {data used: 3 CNY}\n",
        "rules/one.yaml": """when: paid where price > 2 CNY
only if: plan is M
then: {guide: "{product}, {plan}"}
tests:
  - it: fires
    customer: {plan: M}
    story: [2026-03-02 09:00 paid: {price: 3 CNY}, expect guidance]
""",
    }
    said = load_texts(files).problems
    assert [f"{p.file}:{p.line}:{p.column} {p.code}" for p in said if p.severity is Severity.ERROR] == [problem]


def test_a_name_that_is_not_there_is_said_once() -> None:
    """An unknown offer or person of a block is not complained about again where a test expects it."""
    text = """when: paid
then: {offer: tpo-up, task: {who: nobody, what: call}}
tests:
  - it: fires
    story:
      - 2026-03-02 09:00 paid
      - expect offer tpo-up
      - expect task for nobody
"""
    files = {"vocabulary.yaml": VOCABULARY, "offers.yaml": "top-up: {cost: 2 CNY}\n", "rules/one.yaml": text}
    assert found(files) == ["rules/one.yaml:2:15 E201", "rules/one.yaml:2:35 E201"]


_SIGNS = st.sampled_from(list("{}[]:#,\"'&*!|>-?%@`：\t\n \x00é😀0"))
_FILES = {file.relative_to(EXAMPLE).as_posix(): file.read_text("utf-8") for file in sorted(EXAMPLE.rglob("*.yaml"))}


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(_FILES)), st.floats(0, 1), _SIGNS, st.integers(0, 4))
def test_no_slip_of_the_hand_breaks_the_loader(name: str, where: float, sign: str, lost: int) -> None:
    """A sign too many and some too few give a workspace, or problems that lie inside their files."""
    text = _FILES[name]
    at = int(where * len(text))
    files = _FILES | {name: text[:at] + sign + text[at + lost :]}
    loaded = load_texts(files)
    errors = [problem for problem in loaded.problems if problem.severity is Severity.ERROR]
    assert (loaded.workspace is None) == bool(errors)
    for problem in loaded.problems:
        line = files.get(problem.file, "").split("\n")[problem.line - 1]
        assert 1 <= problem.column <= len(line) + 1


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({"vocabulary.yaml": VOCABULARY.replace("events:", "evnts:")}, "vocabulary.yaml:5:1 E101"),
        ({"vocabulary.yaml": VOCABULARY.replace("customer:", "custmer:")}, "vocabulary.yaml:4:1 E101"),
        ({"policy.yaml": "rolls: {supervisor: {}}\n"}, "policy.yaml:1:1 E101"),
        ({"rules/one.yaml": "whne: paid\nthen: {guide: hi}\n"}, "rules/one.yaml:1:1 E101"),
    ],
)
def test_a_misspelled_key_is_one_problem(files: dict[str, str], problem: str) -> None:
    """The names that stand under a misspelled key are not complained about, nor the key said to be missing."""
    text = "when: paid where price > 2 CNY\nonly if: plan is M\nthen: {task: {who: supervisor, what: call}}\n"
    policy = {"policy.yaml": "roles: {supervisor: {}}\n"}
    assert found({"vocabulary.yaml": VOCABULARY, **policy, "rules/one.yaml": text, **files}) == [problem]


def test_a_placeholder_has_its_substitute_in_either_language() -> None:
    """`else` and `否则` say the same, and make the same version."""
    texts = ('{plan, else "none"}', "{plan，否则“none”}")
    rules = [one(f"when: paid\nthen:\n  guide: on {text}\n").rule for text in texts]
    assert rules[0].blocks == rules[1].blocks
    assert rules[0].version == rules[1].version


def test_names_may_name_facts_of_rules_and_of_facts_yaml() -> None:
    """Every spelling works as a key of `facts`, in phrases and in messages; a name of nothing is a mistake."""
    files = {
        "vocabulary.yaml": "currency: CNY\nlanguages: [en]\nevents: {paid: {family: consumption, price: money}}\n"
        "names: {zh: {paid: 支付, spent: 已花, regular: 常客}}\n",
        "facts.yaml": "常客: count of paid over last 30 days > 3\n",
        "rules/one.yaml": "facts: {spent: sum of price of paid over today}\n"
        "when: 已花 reaches 10 CNY\nonly if: regular\n"
        'then: {guide: {en: "You have spent {已花}."}}\n',
    }
    english = load_texts(files)
    assert english.problems == []
    chinese = load_texts(
        {**files, "rules/one.yaml": files["rules/one.yaml"].replace("{spent:", "{已花:").replace("regular", "常客")}
    )
    assert english.workspace is not None
    assert chinese.workspace is not None
    assert chinese.workspace.rules[0].rule.version == english.workspace.rules[0].rule.version
    assert [fact.name for fact in english.workspace.rules[0].rule.facts] == ["spent", "regular"]
    wrong = load_texts({**files, "vocabulary.yaml": files["vocabulary.yaml"].replace("spent:", "spend:")})
    assert [(problem.file, problem.line, problem.code) for problem in wrong.problems] == [
        ("rules/one.yaml", 2, "E201"),
        ("vocabulary.yaml", 4, "E201"),
    ]


def test_a_story_may_name_a_line_in_another_language_than_it_is_written_in() -> None:
    """A line of a condition, and a line of `at most`; the rule's own spelling is kept."""
    files = {
        "vocabulary.yaml": "currency: CNY\nlanguages: [en]\ncustomer: {plan: S | M}\n"
        "events: {paid: {family: consumption, price: money}}\nnames: {zh: {plan: 套餐, paid: 支付}}\n",
        "rules/one.yaml": "when: paid\nonly if: plan is M\nthen: {guide: {en: Thanks}}\nat most: 1 per 7 days\n"
        "tests:\n  - it: x\n    story:\n      - 2026-03-02 09:00 paid\n      - expect nothing, stopped by 套餐是M\n"
        "      - 预期不触发，原因(plan is M)\n      - expect nothing, stopped by at most 每7天1次\n",
    }
    loaded = load_texts(files)
    assert loaded.problems == []
    assert loaded.workspace is not None
    lines = loaded.workspace.rules[0].tests[0].lines
    assert [line.stopped_by for line in lines if isinstance(line, StoryExpect)] == ["plan is M", "plan is M", "at most"]


@pytest.mark.parametrize("broken", ["", "- a list\n", "when: {a: b c: d}\n"])
@pytest.mark.parametrize("file", ["rules/one.yaml", "facts.yaml"])
def test_names_of_facts_are_no_mistake_where_facts_cannot_be_read(file: str, broken: str) -> None:
    """A name of a fact whose file cannot be read is not said to be a mistake of the vocabulary."""
    names = VOCABULARY + "names: {zh: {used: 已用流量}}\n"
    assert found({"vocabulary.yaml": names, "rules/two.yaml": RULE}) == ["vocabulary.yaml:8:14 E201"]
    problems = found({"vocabulary.yaml": names, "rules/two.yaml": RULE, file: broken})
    assert problems[0].startswith(f"{file}:1:")
    assert not any(problem.startswith("vocabulary.yaml") for problem in problems)
