from rules.language.located import Located


def test_a_span_is_shown_at_its_columns() -> None:
    """A mistake inside a text stands at the text's column plus its offset."""
    problem = Located("used > 500", "rules/a.yaml", 7, 11).span(7, 10).problem("E203", "Said.", "Hint.")
    assert (problem.line, problem.column, problem.length) == (7, 18, 3)
    assert str(problem) == "rules/a.yaml:7:18 E203 Said. Hint."


def test_an_empty_span_has_one_caret() -> None:
    """What is missing is shown where it should stand."""
    assert Located("used", "f", 1, 1).span(4, 4).problem("E301", "Said.").length == 1
