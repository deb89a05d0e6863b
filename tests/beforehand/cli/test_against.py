"""`beforehand check --against`: a published contract is kept, or the command says whom it breaks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.beforehand.cli.commands import VOCABULARY, call, hold_to, workspace

POLICY = "channels: {app: {}, sms: {}}\n"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace whose contract is published in `contract`; we stand beside both."""
    monkeypatch.chdir(tmp_path)
    folder = workspace(Path("shop"), policy=POLICY)
    assert call("schema", folder, "--out", "contract").exit_code == 0
    return folder


def test_what_keeps_the_contract_passes(shop: Path) -> None:
    """Nothing has changed; or what has breaks nobody."""
    same = call("check", shop, "--against", "contract")
    assert (same.exit_code, same.stdout.splitlines()[-1]) == (0, "contract/asyncapi.json: nothing has changed.")
    vocabulary = VOCABULARY.replace("price: money", 'price: money, shop: "text, optional"')
    workspace(shop, policy=POLICY, vocabulary=vocabulary)
    more = call("check", shop, "--against", "contract/asyncapi.json")
    assert more.exit_code == 0
    assert more.stdout.endswith(
        'N701 producers of "paid": the field "shop" can be sent now.\n'
        "contract/asyncapi.json: 1 change that breaks nothing.\n"
    )


def test_what_breaks_the_contract_is_refused_with_a_table(shop: Path) -> None:
    """For whom, what, and what to do; the table as it stands in the golden file."""
    vocabulary = VOCABULARY
    for old, new in (
        ("S | M", "S | M | L"),
        ("amount: data", "amount: data, cell: text"),
        ("paid: {family: consumption", "payment: {family: service"),
    ):
        vocabulary = vocabulary.replace(old, new)
    workspace(shop, policy="channels: {app: {}, call centre: {}}\n", vocabulary=vocabulary)
    refused = call("check", shop, "--against", "contract")
    assert refused.exit_code == 1
    hold_to("check-against.txt", refused.stdout)


def test_machines_get_lines(shop: Path) -> None:
    """Each change is a problem as all others are, at its place."""
    workspace(shop, policy=POLICY, vocabulary=VOCABULARY.replace("amount: data", "amount: data, cell: text"))
    told = call("check", shop, "--against", "contract", "--json")
    assert told.exit_code == 1
    assert json.loads(told.stdout.splitlines()[-1]) == {
        "file": "vocabulary.yaml",
        "line": 7,
        "column": 50,
        "code": "E703",
        "severity": "error",
        "message": 'producers of "data used": the field "cell" is needed now.',
        "hint": "Write `cell: text, optional`.",
    }


def test_a_workspace_with_errors_is_mended_first(shop: Path) -> None:
    """It is not known what its contract would be."""
    (shop / "vocabulary.yaml").write_text(VOCABULARY.replace("money", "mony"), "utf-8")
    told = call("check", shop, "--against", "contract")
    assert told.exit_code == 1
    assert told.stdout.splitlines()[-1] == "contract: compared when the errors are mended."


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nowhere", "nowhere: it can't be read (No such file or directory). A contract is written by"),
        ("shop", "shop/asyncapi.json: it can't be read (No such file or directory). A contract is written by"),
        ("shop/policy.yaml", "shop/policy.yaml: it is not JSON"),
        ("contract/decision.json", "contract/decision.json: it is not a document that"),
    ],
)
def test_what_is_no_contract_is_named(shop: Path, name: str, said: str) -> None:
    """With how to write one."""
    refused = call("check", shop, "--against", name)
    assert refused.exit_code == 2
    assert said in refused.stderr
