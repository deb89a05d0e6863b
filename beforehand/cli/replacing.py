"""A file replaced as a whole: whoever reads it sees the old content or the new, never half of it."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile


def replace_file(file: Path, content: bytes) -> None:
    """Write a file under another name beside it, and put it in its place; it keeps its mode. Raises OSError.

    A link stays a link: the file it leads to is replaced.
    """
    target = file.resolve()
    with NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as temporary:
        try:
            temporary.write(content)
            temporary.flush()
            os.fsync(temporary.fileno())
            Path(temporary.name).chmod(target.stat().st_mode)
            Path(temporary.name).replace(target)
        except BaseException:
            Path(temporary.name).unlink(missing_ok=True)
            raise
