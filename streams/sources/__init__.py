"""Where events come from: the port, and files and standard input of JSON lines."""
