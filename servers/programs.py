"""The programs of the servers: those that are here, else Debian's packages, else one line that says what to install."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

#: Program -> Debian's package of it.
PACKAGES = {
    "java": "default-jre-headless",
    "mvn": "maven",
    "redis-server": "redis-server",
    "kcat": "kcat",
    "openssl": "openssl",
}


class NotInstalled(Exception):
    """`redis-server is not here. Type, as root: apt-get install redis-server`."""


def program(name: str) -> str:
    """The path of a program of PACKAGES; it is installed if it is not here and we are root on a Debian.

    Raises NotInstalled.
    """
    if path := shutil.which(name):
        return path
    install([name])
    if path := shutil.which(name):
        return path
    raise NotInstalled(_how_to([name]))


def install(names: list[str]) -> None:
    """Install those of the programs that are not here.

    Raises NotInstalled with the line to type, when we may not or cannot.
    """
    missing = [name for name in names if not shutil.which(name)]
    if not missing:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise NotInstalled(_how_to(missing))
    packages = [PACKAGES[name] for name in missing]
    sys.stderr.write(f"Installing {' '.join(packages)} (once)\n")
    # Several test processes may ask at once: apt-get waits for its own lock.
    apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=600"]
    # redis-server's package would start a server of its own, on the usual port.
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    subprocess.run([*apt, "update"], env=quiet, stdout=subprocess.DEVNULL, check=False)
    wanted = [*apt, "install", "--yes", "--no-install-recommends", *packages]
    done = subprocess.run(wanted, env=quiet, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotInstalled(f"{_how_to(missing)}\napt-get says: {done.stderr.strip()}")


def _how_to(names: list[str]) -> str:
    there = "is" if len(names) == 1 else "are"
    return f"{', '.join(names)} {there} not here. Type, as root: apt-get install {' '.join(PACKAGES[n] for n in names)}"
