from rules.problems import CODES, Problem, Severity, did_you_mean, render, suggestion

PROBLEM = Problem(
    "rules/roaming.yaml", 14, 14, "E203", Severity.ERROR, "amount is data, compared with a number.", 'Write "2 GB".'
)


def test_a_problem_reads_as_the_design_has_it() -> None:
    """File, line, column, code, what was expected and found, and what to write, on one line."""
    expected = 'rules/roaming.yaml:14:14 E203 amount is data, compared with a number. Write "2 GB".'
    assert str(PROBLEM) == expected


def test_a_problem_is_rendered_with_its_line_and_a_caret() -> None:
    """The caret stands below the mistake."""
    lines = render(PROBLEM, "when: amount > 2\n").splitlines()
    assert lines[1:] == ["  when: amount > 2", "               ^"]


def test_the_caret_is_as_long_as_the_mistake_and_counts_wide_signs_twice() -> None:
    """Chinese signs take two columns of a terminal."""
    problem = Problem("f", 1, 3, "E201", Severity.ERROR, "?", length=2)
    assert render(problem, "流量 机场").splitlines()[2] == "      ^^^"
    assert render(problem, "流量机场").splitlines()[2] == "      ^^^^"


def test_a_caret_can_stand_behind_the_end_of_a_line() -> None:
    """Where something is missing at the end, the caret stands there."""
    assert render(Problem("f", 1, 5, "E301", Severity.ERROR, "?"), "used").splitlines()[2] == "      ^"


def test_a_tab_does_not_move_the_caret() -> None:
    """A tab is shown as one space."""
    assert render(Problem("f", 1, 3, "E301", Severity.ERROR, "?"), "a\tb").splitlines()[1:] == ["  a b", "    ^"]


def test_the_nearest_name_comes_first() -> None:
    """Names that are far away are not offered."""
    assert did_you_mean("allowence", ["allowance", "allowed", "balance"])[0] == "allowance"
    assert did_you_mean("xyzzy", ["allowance", "plan"]) == []


def test_capital_letters_do_not_hide_a_name() -> None:
    """The name is offered as it is spelled."""
    assert did_you_mean("PLAN", ["plan", "Branch"]) == ["plan"]


def test_a_suggestion_is_a_sentence() -> None:
    """Several names are joined by or; none gives none."""
    assert suggestion("pln", ["plan"]) == 'Did you mean "plan"?'
    assert suggestion("q", ["plan"]) is None


def test_every_code_is_a_letter_and_three_digits() -> None:
    """Codes sort by what they are about."""
    assert all(code[0] in "EWN" and code[1:].isdigit() and len(code) == 4 for code in CODES)
