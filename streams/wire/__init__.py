"""Events on the wire: JSON in the shape of CloudEvents 1.0, read and written by the vocabulary."""
