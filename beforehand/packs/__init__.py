"""Input for the shipped packs: a made-up day for `telecom`, a converted year of real shopping for `retail`."""
