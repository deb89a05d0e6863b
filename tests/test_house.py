from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = {"beforehand", "models", "rules", "streams"}
LOCKS = ["requirements.lock", "requirements-retail.lock"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def run(*command: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a command of the environment the tests run in."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "COLUMNS": "120"}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel that the build backend makes of this checkout."""
    directory = tmp_path_factory.mktemp("wheel")
    built = run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(directory))
    assert built.returncode == 0, built.stderr
    (file,) = directory.glob("*.whl")
    return zipfile.ZipFile(file)


def test_wheel_holds_the_four_packages_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    """A wheel takes exactly four names in a user's environment."""
    top = {name.split("/")[0] for name in wheel.namelist()}
    assert {name for name in top if not name.endswith(".dist-info")} == PACKAGES


def test_wheel_holds_every_file_git_knows_of_the_packages(wheel: zipfile.ZipFile) -> None:
    """Grammars, packs and type markers are shipped like code."""
    tracked = run("git", "ls-files", *sorted(PACKAGES)).stdout.split("\n")
    here = {name for name in tracked if name and (ROOT / name).exists()}
    assert here - set(wheel.namelist()) == set()


def test_a_wheel_can_be_made_without_a_compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then nothing is compiled, which is said, and the wheel is for every Python."""
    for name in run(
        "git", "ls-files", *sorted(PACKAGES), "pyproject.toml", "README.md", "hatch_build.py"
    ).stdout.split():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).exists():
            shutil.copyfile(ROOT / name, tmp_path / name)
    monkeypatch.setenv("CC", str(tmp_path / "no-compiler"))
    built = run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", "made", cwd=tmp_path)
    assert built.returncode == 0, built.stderr
    assert "Not compiled" in built.stdout + built.stderr
    (file,) = (tmp_path / "made").glob("*.whl")
    assert file.name.endswith("-py3-none-any.whl")


def test_wheel_says_it_is_private_and_brings_its_command(wheel: zipfile.ZipFile) -> None:
    """No index takes the wheel by mistake, and installing it gives the `beforehand` command."""
    (metadata,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    (scripts,) = (name for name in wheel.namelist() if name.endswith(".dist-info/entry_points.txt"))
    assert "Private :: Do Not Upload" in Parser().parsestr(wheel.read(metadata).decode()).get_all("Classifier", [])
    assert "beforehand = beforehand.command:main" in wheel.read(scripts).decode()


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_no_host(lock: str) -> None:
    """A lock works behind any mirror."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert re.findall(r"://|^ *--(?:index|extra-index|find-links|trusted-host)", text, re.MULTILINE) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_pins_everything_with_hashes(lock: str) -> None:
    """Nothing is installed but what was locked."""
    requirements = re.split(r"\n(?=[a-z0-9])", (ROOT / lock).read_text(encoding="utf-8"))[1:]
    assert requirements
    assert [each for each in requirements if not re.match(r"\S+==\S+[^\n]*\\\n +--hash=sha256:", each)] == []


def test_locks_cover_what_the_project_asks_for() -> None:
    """Whoever adds a dependency also locks it."""
    asked = {
        LOCKS[0]: [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]],
        LOCKS[1]: PROJECT["project"]["optional-dependencies"]["retail"],
    }
    for lock, requirements in asked.items():
        locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE))
        names = {re.split(r"[^A-Za-z0-9-]", requirement)[0].lower() for requirement in requirements}
        assert names - locked == set(), lock


def test_locks_agree() -> None:
    """What `make retail` installs does not move what the tests ran with."""
    pins = [set(re.findall(r"^(\S+==\S+)", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE)) for lock in LOCKS]
    names = [{pin.split("==")[0] for pin in each} for each in pins]
    both = names[0] & names[1]
    assert {pin for pin in pins[1] if pin.split("==")[0] in both} <= pins[0]


def test_every_command_of_readme_exists() -> None:
    """A new user can type what the README shows."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    shown = set(re.findall(r"^make ([a-z-]+)", readme, re.MULTILINE))
    assert {"run", "test"} <= shown <= targets
    commands = set(re.findall(r"^(?:\.venv/bin/)?beforehand ([a-z]+)", readme, re.MULTILINE))
    assert [name for name in sorted(commands) if run("beforehand", name, "--help").returncode != 0] == []


def test_every_job_sets_itself_up() -> None:
    """Any target that runs something works on a fresh clone."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    rules = dict(re.findall(r"^([a-z][a-z-]*):([^#\n]*)", makefile, re.MULTILINE))
    alone = {name for name, needs in rules.items() if "setup" not in needs.split()}
    assert alone == {"help", "setup", "clean"}


def test_imports_go_one_way() -> None:
    """The layers, and what each may import, are as CONTRIBUTING says."""
    linted = run("lint-imports", "--no-cache")
    assert linted.returncode == 0, linted.stdout


def test_command_and_module_are_the_same() -> None:
    """`beforehand` and `python -m beforehand` do the same thing."""
    command, module = run("beforehand", "--version"), run(sys.executable, "-m", "beforehand", "--version")
    assert command.returncode == 0, command.stderr
    assert command.stdout == module.stdout


def test_module_names_a_file_in_its_way(tmp_path: Path) -> None:
    """A user's own `models.py` gets a message that names it, not a traceback."""
    (tmp_path / "models.py").write_text("", encoding="utf-8")
    hidden = run(sys.executable, "-m", "beforehand", "--version", cwd=tmp_path)
    assert hidden.returncode == 2
    assert hidden.stderr.startswith(f"{tmp_path / 'models.py'} hides")
    assert "Traceback" not in hidden.stderr
    assert run("beforehand", "--version", cwd=tmp_path).returncode == 0


def test_workspace_is_a_fine_place_to_work_in(tmp_path: Path) -> None:
    """The folder `rules` of a workspace hides nothing."""
    (tmp_path / "rules").mkdir()
    assert run(sys.executable, "-m", "beforehand", "--version", cwd=tmp_path).returncode == 0


def test_no_package_lies_under_tests() -> None:
    """An `__init__.py` under tests/models would hide `models`."""
    assert list((ROOT / "tests").rglob("__init__.py")) == []
