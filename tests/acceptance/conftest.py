"""What tests of the real command begin with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.forked import Command
from tests.beforehand.cli.commands import call


@pytest.fixture(scope="module")
def command() -> Iterator[Command]:
    """The command, ready to be called."""
    made = Command()
    yield made
    made.close()


@pytest.fixture(scope="module")
def prepared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with the rules of the telecom pack, and a day of the module's `CUSTOMERS`, some of whose events can't be
    read."""
    folder = tmp_path_factory.mktemp("day")
    customers = str(request.module.CUSTOMERS)
    assert call("init", folder / "shop", "--pack", "telecom").exit_code == 0
    assert call("generate", "telecom", folder / "day.jsonl", "--customers", customers, "--broken").exit_code == 0
    return folder
