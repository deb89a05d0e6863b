"""Kafka, by kafka-python: how it is reached, its topics, publishing a file, and reading along."""
