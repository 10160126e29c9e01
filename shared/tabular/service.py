"""Tabular models: which there are, what they are, and which are deployed.

     trained ⇄ deployed
        └──► archived ──► deployed

Being deployed is a fact in the model's row; whoever serves it converges on the next request.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal

from shared.activity_log.model import Entry
from shared.activity_log.repository import logged
from shared.core.backoff import pause
from shared.core.clock import Clock, utc_now
from shared.core.errors import Conflict, Unavailable
from shared.core.ids import derived_id
from shared.ml.manifest import ModelRefused
from shared.storage.store import ConditionFailed
from shared.tabular.manifest import ServingManifest
from shared.tabular.model import Status, TabularModel
from shared.tabular.repository import ModelRepository, change_of_status, model_repository
from shared.tabular.serving import Shelf, shelf

Sort = Literal["created_at", "accuracy", "name"]
Order = Literal["asc", "desc"]

ATTEMPTS = 20
USUAL_ORDER: dict[Sort, Order] = {"created_at": "desc", "accuracy": "desc", "name": "asc"}
SORT_KEYS: dict[Sort, Callable[[TabularModel], Any]] = {
    "created_at": lambda model: model.created_at,
    "accuracy": lambda model: model.accuracy,
    "name": lambda model: model.name,
}


@dataclass(frozen=True, slots=True)
class Wish:
    """Which models are listed. `order` None is what is usual for the field: newest, best, or first by name."""

    status: Status | None = None
    sort: Sort = "created_at"
    order: Order | None = None
    limit: int = 20
    page: int = 1


class TabularService:
    """Models, listed and moved along."""

    def __init__(self, models: ModelRepository, kept: Shelf, now: Clock) -> None:
        self._models, self._shelf, self._now = models, kept, now

    def list_models(self, wish: Wish) -> tuple[list[TabularModel], int]:
        """One page, and how many there are on all pages. Equal ones stand in the order of their ids."""
        found = [model for model in self._models.list_all() if wish.status in (None, model.status)]
        found.sort(key=SORT_KEYS[wish.sort], reverse=(wish.order or USUAL_ORDER[wish.sort]) == "desc")
        begin = (wish.page - 1) * wish.limit
        return found[begin : begin + wish.limit], len(found)

    def deploy(self, model_id: str, by: str, *, force: bool = False) -> TabularModel:
        """Deploy a model whose files are whole, and which is better than its baseline or forced. Twice is fine."""
        model = self._models.get(model_id)
        if model.beats_baseline is False and not force and model.status != "deployed":
            raise Conflict(
                f"Deployment failed: {model.baseline_note or 'the model does not beat its baseline'}; "
                'send {"force": true} to deploy it all the same',
                mlops_code="DEPLOYMENT_FAILED",
            )
        self._shelf.load(model)
        return self._move(model_id, "deployed", by, deployed_at=self._now())

    def undeploy(self, model_id: str, by: str) -> TabularModel:
        """Stop serving a model. One that is trained only stays so."""
        return self._move(model_id, "trained", by, ("trained", "deployed"), deployed_at=None)

    def archive(self, model_id: str, by: str) -> TabularModel:
        """Put a model away. A deployed one is undeployed first, by somebody who means it."""
        return self._move(model_id, "archived", by, ("trained", "archived"))

    def manifest(self, model_id: str) -> tuple[TabularModel, ServingManifest]:
        """A model with what training wrote about it; Conflict if that is not what was registered."""
        model = self._models.get(model_id)
        try:
            return model, self._shelf.manifest(model)
        except ModelRefused as refused:
            raise Conflict(f"Model card not available: {refused}", mlops_code="DEPLOYMENT_FAILED") from refused

    def _move(
        self, model_id: str, status: Status, by: str, from_: tuple[Status, ...] | None = None, **facts: Any
    ) -> TabularModel:
        for attempt in range(ATTEMPTS):
            model = self._models.get(model_id)
            if model.status == status:
                return model
            if from_ is not None and model.status not in from_:
                raise Conflict(f"A model that is {model.status} cannot become {status}")
            after, writes = change_of_status(model, status, **facts)
            try:
                self._models.transact(*writes, *logged(_entry(after, by, self._now())))
                return after
            except ConditionFailed:
                pause(attempt)
        raise Unavailable("the model is being changed; try again")


def _entry(model: TabularModel, by: str, at: datetime) -> Entry:
    did = {"deployed": "deployed successfully", "trained": "undeployed", "archived": "archived"}[model.status]
    details = {"model_id": model.model_id, "accuracy": model.accuracy, "status": model.status}
    entry_id = derived_id("act", "deployment", model.model_id, str(model.version))
    return Entry(entry_id, "deployment", f"Model '{model.name}' {did}", at, by, details)


@cache
def tabular_service() -> TabularService:
    """The service of this process."""
    return TabularService(model_repository(), shelf(), utc_now)
