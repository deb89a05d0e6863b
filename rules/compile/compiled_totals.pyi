"""The lines on a count or a sum that an event crosses, compiled: see `plain_totals.py` for what is promised."""

from rules.compile.plain_totals import CrossLimit as CrossLimit
from rules.compile.plain_totals import CrossLimits as CrossLimits
