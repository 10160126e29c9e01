"""Tabular models in the `tabular` table.

| question                        | index | pk     | sk         |
| one model; all of them          | table | MODELS | <model_id> |
| how many there are, by status   | table | MODEL_COUNTS | MODEL_COUNTS |

The counts change in the transaction that changes a status, so that they are what the list says.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from shared.core.clock import from_iso, iso_micros
from shared.core.errors import DomainError, NotFound
from shared.storage.attributes import Item, from_doc, to_doc
from shared.storage.schema import TABULAR
from shared.storage.store import Store, store
from shared.storage.writes import ABSENT, Put, Update, Write, unchanged
from shared.tabular.model import Status, TabularModel

MODELS = "MODELS"
COUNTS = {"pk": "MODEL_COUNTS", "sk": "MODEL_COUNTS"}
MOST_MODELS = 10_000
TIMES = ("created_at", "deployed_at")


def no_such_model() -> DomainError:
    """The error of an unknown model, with seed 001's code."""
    return NotFound("Model not found", mlops_code="MODEL_NOT_FOUND")


class ModelRepository:
    """Every question about tabular models."""

    def __init__(self, rows: Store) -> None:
        self._rows = rows

    def get(self, model_id: str) -> TabularModel:
        """One model as it is now."""
        row = self._rows.get(TABULAR, model_key(model_id))
        if row is None:
            raise no_such_model()
        return model_of(row)

    def list_all(self) -> list[TabularModel]:
        return [model_of(row) for row in self._rows.query_all(TABULAR, MODELS, most=MOST_MODELS)]

    def counts(self) -> Mapping[Status, int]:
        """How many models there are in each status."""
        row = self._rows.get(TABULAR, COUNTS) or {}
        return {"trained": int(row.get("trained", 0)), "deployed": int(row.get("deployed", 0)),
                "archived": int(row.get("archived", 0))}  # fmt: skip

    def transact(self, *writes: Write) -> None:
        """Writes of this module and what belongs to them, together."""
        self._rows.transact(writes)


def model_key(model_id: str) -> dict[str, str]:
    return {"pk": MODELS, "sk": model_id}


def registration(model: TabularModel) -> list[Write]:
    """The writes of a new model."""
    return [Put(TABULAR, _row(model), ABSENT), Update(TABULAR, COUNTS, add={model.status: 1})]


def change_of_status(model: TabularModel, status: Status, **facts: Any) -> tuple[TabularModel, list[Write]]:
    """The model in another status, and the writes that make it so if nobody changed it since it was read."""
    after = replace(model, status=status, version=model.version + 1, **facts)
    counts: dict[str, int] = {} if model.status == status else {model.status: -1, status: 1}
    writes: list[Write] = [Put(TABULAR, _row(after), unchanged(model.version))]
    return after, [*writes, *([Update(TABULAR, COUNTS, add=counts)] if counts else [])]


def _row(model: TabularModel) -> dict[str, Any]:
    doc = {name: getattr(model, name) for name in TabularModel.__dataclass_fields__ if name != "version"}
    doc |= {name: iso_micros(doc[name]) for name in TIMES if doc[name] is not None}
    return {**model_key(model.model_id), "version": model.version, "doc": to_doc(doc)}


def model_of(row: Item) -> TabularModel:
    """The model in a row."""
    doc = from_doc(row["doc"])
    doc |= {name: from_iso(doc[name]) for name in TIMES if doc[name] is not None}
    return TabularModel(**doc, version=int(row["version"]))


@cache
def model_repository() -> ModelRepository:
    """The repository of this process."""
    return ModelRepository(store())
