"""The jars of Apache Kafka: fetched once by Maven into the user's cache, with a storage folder already formatted."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from servers.programs import program

HERE = Path(__file__).parent
POM = HERE / "pom.xml"
LOGGING = HERE / "log4j2.properties"
#: In the folder of Kafka: its classes as a JVM had them, so that the next need not load them one by one.
CLASSES = "classes.jsa"


class NotFetched(Exception):
    """`Maven could not fetch Apache Kafka (servers/pom.xml): ...`."""


def kafka_folder() -> Path:
    """The folder with `jars/` and `formatted/`; made when it is not there (60 MB, some ten seconds).

    Raises NotFetched, or programs.NotInstalled.
    """
    caches = os.environ.get("XDG_CACHE_HOME", "")
    version = hashlib.sha256(POM.read_bytes()).hexdigest()[:12]
    folder = (Path(caches) if caches else Path.home() / ".cache") / "beforehand" / f"kafka-{version}"
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with only_one(folder.with_suffix(".lock")):
            if not folder.exists():
                _make(folder)
    return folder


@contextmanager
def only_one(lock: Path) -> Iterator[None]:
    """One process at a time between here and the end of the block."""
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _make(folder: Path) -> None:
    half_made = folder.with_suffix(".part")
    shutil.rmtree(half_made, ignore_errors=True)
    half_made.mkdir()
    sys.stderr.write(f"Fetching Apache Kafka into {folder} (once)\n")
    copy = ["dependency:copy-dependencies", f"-DoutputDirectory={half_made / 'jars'}", "-DincludeScope=runtime"]
    fetched = subprocess.run(
        [program("mvn"), "-q", "-B", "-f", str(POM), *copy],
        capture_output=True,
        text=True,
        check=False,
    )
    if fetched.returncode:
        raise NotFetched(f"Maven could not fetch Apache Kafka ({POM}): {(fetched.stdout + fetched.stderr).strip()}")
    _format(half_made)
    half_made.rename(folder)


def _format(half_made: Path) -> None:
    """Format a storage folder with Kafka's own tool, for each broker to copy: that saves each of them a JVM's start."""
    properties = half_made / "format.properties"
    properties.write_text(
        "process.roles=broker,controller\nnode.id=1\ncontroller.quorum.voters=1@127.0.0.1:9093\n"
        "controller.listener.names=CONTROLLER\nlisteners=PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093\n"
        f"listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT\nlog.dirs={half_made / 'formatted'}\n"
    )
    tool = [*java(half_made / "jars", "-XX:TieredStopAtLevel=1"), "kafka.tools.StorageTool", "format"]
    format_ = [*tool, "--cluster-id", "YmVmb3JlaGFuZC10ZXN0cw", "--config", str(properties)]
    formatted = subprocess.run(format_, capture_output=True, text=True, check=False)
    if formatted.returncode:
        raise NotFetched(f"Kafka's storage tool failed: {(formatted.stdout + formatted.stderr).strip()}")


def java(jars: Path, *options: str) -> list[str]:
    """The start of a command that runs a class of the jars."""
    kept = jars.parent / CLASSES
    quickly = [f"-XX:SharedArchiveFile={kept}"] if kept.exists() else []
    log = f"-Dlog4j2.configurationFile={LOGGING}"
    return [program("java"), "-XX:+UseSerialGC", *quickly, log, *options, "-cp", f"{jars}/*"]
