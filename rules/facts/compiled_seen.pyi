"""The events a customer had lately, compiled: the same in few bytes."""

from rules.facts.plain_seen import Seen as Seen
