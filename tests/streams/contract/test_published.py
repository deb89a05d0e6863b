"""Reading back what was published."""

from __future__ import annotations

import pytest

from streams.contract.published import NoContract, read_published


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff", b"[" * 5_000, b"[]", b"{}", b'{"components": {}, "channels": {}}', b'{"asyncapi": "3.0.0"}'],
)
def test_what_is_no_contract_is_refused(content: bytes) -> None:
    """Whatever it is."""
    with pytest.raises(NoContract):
        read_published(content)
