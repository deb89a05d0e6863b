"""The worker: events from Kafka, state in a store that several workers share, decisions to Kafka, carried by Faust."""
