"""Whether an absence has ended for an opening, compiled."""

from rules.situations.plain_ended import has_ended as has_ended
