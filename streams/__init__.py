"""The runtime: from events to decisions, with stores, sources and channels."""
