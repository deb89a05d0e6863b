"""A workspace: a folder with vocabulary, policy, offers, facts and rules, read into typed, frozen data."""
