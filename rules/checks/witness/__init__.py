"""Examples of what may happen: a customer and her events by which rules fire, found by reasoning and proven by running.

The plain interpreter has the last word: what it does not confirm is not shown to anybody.
"""
