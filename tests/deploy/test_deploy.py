"""What is shipped to run it with: docker-compose.yml, Prometheus' alarms, Grafana's dashboard."""

from __future__ import annotations

import json
import re
import shlex
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator
from typer.main import get_command

from beforehand.cli import app
from beforehand.metrics import Metrics
from beforehand.settings import ENVIRONMENT, Settings
from servers.redis import Redis
from streams.stores.base import Memory, Size
from streams.stores.redis import check_server
from streams.stores.redis_nodes import connect
from streams.worker.measures import OwnedNow, Watched
from tests.deploy.promql import metrics_of

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The file, read as Compose reads it: with the values that stand where no variable is set."""
    text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", (ROOT / "docker-compose.yml").read_text("utf-8"))
    read: dict[str, Any] = yaml.safe_load(text)
    return read


def alarms() -> list[dict[str, Any]]:
    """The alarms of Prometheus."""
    (group,) = yaml.safe_load((DEPLOY / "prometheus" / "alarms.yml").read_text("utf-8"))["groups"]
    rules: list[dict[str, Any]] = group["rules"]
    return rules


def dashboard() -> dict[str, Any]:
    """The dashboard of Grafana."""
    read: dict[str, Any] = json.loads((DEPLOY / "grafana" / "dashboards" / "beforehand.json").read_text("utf-8"))
    return read


def test_compose_reads_the_file(compose: dict[str, Any]) -> None:
    """It is one by the Compose Specification's own schema."""
    schema = json.loads((HERE / "compose-spec.json").read_text("utf-8"))
    assert [error.message for error in Draft7Validator(schema).iter_errors(compose)] == []


def test_what_compose_mounts_and_waits_for_is_there(compose: dict[str, Any]) -> None:
    """Folders of the project, volumes and services that are declared; images have a version."""
    services = compose["services"]
    for service in services.values():
        assert set(service.get("depends_on", ())) <= set(services)
        assert "build" in service or re.search(r":v?\d", service["image"])
        for volume in service.get("volumes", ()):
            place = volume.split(":")[0]
            assert place in compose["volumes"] or place == "./shop" or (ROOT / place).is_dir(), volume


def test_nothing_is_open_to_the_network(compose: dict[str, Any]) -> None:
    """Servers without passwords are for this machine alone."""
    ports = [port for service in compose["services"].values() for port in service.get("ports", ())]
    assert ports
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_compose_calls_commands_and_sets_settings_that_there_are(compose: dict[str, Any]) -> None:
    """A command or a setting that is renamed is renamed there too."""
    command: Any = get_command(app)
    for name in ("topics", "worker"):
        service = compose["services"][name]
        found: Any = command
        for word in service["command"]:
            found = getattr(found, "commands", {}).get(word, found)
        assert found is not command
        known = {option for parameter in found.params for option in parameter.opts}
        assert [word for word in service["command"] if word.startswith("--") and word not in known] == []
        variables = {each.removeprefix(ENVIRONMENT).lower() for each in service["environment"]}
        assert variables <= set(Settings.model_fields)
        Settings(**{each.removeprefix(ENVIRONMENT).lower(): text for each, text in service["environment"].items()})


def test_the_redis_of_compose_can_keep_state(compose: dict[str, Any], tmp_path: Path) -> None:
    """Started with these options, a worker has nothing to object to."""
    words = [word.removeprefix("--") for word in compose["services"]["redis"]["command"][1:]]
    server = Redis(tmp_path, options=dict(zip(words[::2], words[1::2], strict=True)))
    try:
        with closing(connect(server.url)) as nodes:
            assert check_server(nodes) == []
    finally:
        server.kill()


def test_the_dockerfile_copies_what_there_is() -> None:
    """And nothing that the context leaves out."""
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    for line in (ROOT / "Dockerfile").read_text("utf-8").splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            for name in shlex.split(line)[1:-1]:
                assert name in allowed
                assert (ROOT / name).exists()


def exported() -> set[str]:
    """All metrics that a worker shows, and what Prometheus adds."""
    metrics = Metrics(lambda numbers: ({3: Size(1, 1, 1, 1)}, Memory(1, 1)), partitions=6, settle=0)
    metrics.beat(Watched(True, {3: OwnedNow("abc", 1, 1, 1)}, {}, {("events.service", 3): 1}))
    names = {"up"}
    for family in metrics.registry.collect():
        suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "info": ("_info",)}
        names |= {family.name + suffix for suffix in suffixes.get(family.type, ("",))}
    return names


EXPRESSIONS = [
    *((alarm["alert"], alarm["expr"]) for alarm in alarms()),
    *((panel["title"], target["expr"]) for panel in dashboard()["panels"] for target in panel["targets"]),
]


@pytest.mark.parametrize(("name", "expression"), EXPRESSIONS, ids=[name for name, _ in EXPRESSIONS])
def test_alarms_and_panels_ask_for_what_workers_show(name: str, expression: str) -> None:
    """A metric that is renamed does not leave an empty panel, or an alarm that never rings."""
    asked = metrics_of(expression)
    assert asked
    assert asked <= exported()


def test_the_dashboard_shows_what_it_is_for() -> None:
    """Events, lag, latency, decisions by reason, state, dead letters; each panel has a place of its own."""
    asked = {
        metric for panel in dashboard()["panels"] for one in panel["targets"] for metric in metrics_of(one["expr"])
    }
    wanted = "events_total lag_records decision_seconds_bucket decisions_total state_bytes dead_letters_total"
    assert {f"beforehand_{name}" for name in wanted.split()} <= asked
    taken: set[tuple[int, int]] = set()
    for panel in dashboard()["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells


def test_each_alarm_is_explained() -> None:
    """The how-to for operators has a row for each: what it means, and what to do."""
    page = (ROOT / "docs" / "how-to" / "operate.md").read_text("utf-8")
    table = page.partition("## Alarms")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == [alarm["alert"] for alarm in alarms()]
    assert all(set(alarm) <= {"alert", "expr", "for", "labels", "annotations"} for alarm in alarms())
