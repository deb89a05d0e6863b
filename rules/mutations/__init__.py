"""Mutants of rules: each is a rule with one clause dropped or one number shifted, so that its tests can be tested.

What tests cannot see is left alone: titles and reasons, control groups and measures, how long a message or task is
good for, the words and the worth of tasks. What provably changes nothing is left out, too (`distinct`).
"""
