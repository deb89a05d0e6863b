"""Real servers for tests and benchmarks: Apache Kafka and Redis, each on a folder of its own. Not shipped."""
