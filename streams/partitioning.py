"""Which partition a customer's events are on: murmur2 of the subject, as in Java's clients. A part of the contract."""

from __future__ import annotations

from kafka.partitioner import murmur2


def partition_of(customer: str, partitions: int) -> int:
    """The number of the partition, from 0, of a topic with so many."""
    # As in Java, the sign bit of the hash is dropped.
    number: int = murmur2(customer.encode())
    return (number & 0x7FFFFFFF) % partitions
