"""A year of real shopping, for the `retail` pack."""
