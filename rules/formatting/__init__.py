"""Rewriting the files of a workspace in place: canonical phrases, keys in one language, YAML's traps repaired."""
