"""Predictions in the activity log: one entry per model and minute, however many were asked for.

| question                                    | pk                    | sk                          | attributes |
| which entry stands for a model's minute     | PREDICTED#<model_id>  | <minute, as 2026-01-02T03:04> | entry    |

The entry has the time of the minute's first prediction; its attribute `events` counts predicted rows.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

from shared.activity_log.model import Entry
from shared.activity_log.repository import ACTIVITY, logged
from shared.core.clock import iso_micros
from shared.core.ids import derived_id
from shared.storage.schema import TABULAR
from shared.storage.store import ConditionFailed, Store, store
from shared.storage.writes import ABSENT, PRESENT, Put, Update, Write
from shared.tabular.model import TabularModel

MARK_KEPT = timedelta(days=1)


class UsageLog:
    """Writes the entries. Remembers this process's last minute of each model, to save a read."""

    def __init__(self, rows: Store) -> None:
        self._rows = rows
        self._last: dict[str, tuple[str, str]] = {}

    def note(self, model: TabularModel, rows: int, by: str, at: datetime) -> None:
        """So many rows were predicted."""
        minute = at.strftime("%Y-%m-%dT%H:%M")
        known, entry = self._last.get(model.model_id, ("", ""))
        if known != minute:
            entry, is_new = self._begin(model, minute, rows, by, at)
            self._last[model.model_id] = (minute, entry)
            if is_new:
                return
        try:
            self._rows.apply(
                Update(TABULAR, {"pk": ACTIVITY, "sk": entry}, add={"events": rows}, condition=PRESENT)
            )  # fmt: skip
        except ConditionFailed:
            return  # retention was faster

    def _begin(self, model: TabularModel, minute: str, rows: int, by: str, at: datetime) -> tuple[str, bool]:
        """The sort key of the minute's entry, and whether this call made it."""
        entry = _entry(model, minute, by, at)
        sk = f"{iso_micros(at)}#{entry.entry_id}"
        mark = {"pk": f"PREDICTED#{model.model_id}", "sk": minute}
        expiry = int((at + MARK_KEPT).timestamp())
        try:
            self._rows.transact([Put(TABULAR, {**mark, "entry": sk, "expires_at": expiry}, ABSENT), *_log(entry, rows)])
        except ConditionFailed:
            row = self._rows.get(TABULAR, mark)
            return (str(row["entry"]) if row else sk), False
        return sk, True


def _log(entry: Entry, rows: int) -> list[Write]:
    put, *others = logged(entry)
    assert isinstance(put, Put)
    return [replace(put, item={**put.item, "events": rows}), *others]


def _entry(model: TabularModel, minute: str, by: str, at: datetime) -> Entry:
    entry_id = derived_id("act", "prediction", model.model_id, minute)
    message = f"Predictions by model '{model.name}'"
    return Entry(entry_id, "prediction", message, at, by, {"model_id": model.model_id, "minute": minute})


@cache
def usage_log() -> UsageLog:
    """The log of this process."""
    return UsageLog(store())
