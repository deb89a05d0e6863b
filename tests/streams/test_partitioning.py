from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.partitioning import partition_of

# murmur2 as Apache Kafka's own test of it says (UtilsTest.testMurmur2), with its sign bit taken away.
OF_KAFKA = {"21": 1173551340, "foobar": 1357151166, "a-little-bit-long-string": 1161502112, "abc": 479470107}


@pytest.mark.parametrize(("text", "number"), OF_KAFKA.items())
def test_hash_is_that_of_kafkas_java(text: str, number: int) -> None:
    """Producers with Java's default partitioner put a customer where we expect her."""
    assert partition_of(text, 2**31) == number
    assert [partition_of(text, count) for count in (7, 12, 24)] == [number % count for count in (7, 12, 24)]


@given(st.text(), st.integers(1, 1000))
def test_every_customer_has_one_of_the_partitions(customer: str, partitions: int) -> None:
    """Any text that is a customer, in any script, has a partition."""
    assert 0 <= partition_of(customer, partitions) < partitions
