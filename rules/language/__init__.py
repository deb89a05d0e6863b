"""The rule language: files, words, phrases, and what they mean."""
