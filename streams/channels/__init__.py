"""Where hand-offs go: the port, the terminal, and files of JSON lines."""
