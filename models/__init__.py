"""What is true: the vocabulary, its types and units, time, places, events and decisions."""
