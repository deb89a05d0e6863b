"""Where state is kept: the port, in memory, and in SQLite."""
