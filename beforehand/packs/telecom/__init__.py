"""A made-up day of a mobile operator's customers, for the `telecom` pack: seeded, the same bytes every time."""
