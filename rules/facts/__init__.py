"""Facts: aggregates over a customer's events, kept in shared series."""
