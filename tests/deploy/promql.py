"""The metrics that an expression of PromQL asks for."""

from __future__ import annotations

import re

#: Words of the language that stand where a metric could.
_WORDS = frozenset(
    {
        *("sum", "min", "max", "avg", "count", "topk"),
        *("by", "without", "on", "and", "or", "unless"),
        *("absent", "rate", "increase", "changes", "deriv", "histogram_quantile"),
    }
)


def metrics_of(expression: str) -> set[str]:
    """Names in an expression that are neither functions, labels nor durations."""
    without_labels = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\b(?:by|without|on) *\([^)]*\)", " ", expression)
    return set(re.findall(r"[a-zA-Z_:]\w*", without_labels)) - _WORDS
