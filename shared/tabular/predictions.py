"""Predicting: find the model as it is now, ask it, and count what it was asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from shared.core.clock import Clock, utc_now
from shared.core.errors import Conflict, DomainError, TooLarge
from shared.core.ids import new_id
from shared.core.logging import logger
from shared.tabular.counters import CounterRepository, asked_of, counter_repository
from shared.tabular.features import Columns
from shared.tabular.model import TabularModel
from shared.tabular.repository import ModelRepository, model_repository
from shared.tabular.serving import Answer, Served, Shelf, shelf
from shared.tabular.usage import UsageLog, usage_log

# An answer of Lambda may be 6 MB long.
MOST_PROBABILITIES = 60_000


@dataclass(frozen=True, slots=True)
class Predicted:
    """What a request gets."""

    prediction_id: str
    served: Served
    answers: list[Answer]
    at: datetime


class PredictionService:
    """Serves deployed models."""

    def __init__(
        self, models: ModelRepository, kept: Shelf, counters: CounterRepository, usage: UsageLog, now: Clock
    ) -> None:
        self._models, self._shelf, self._counters, self._usage, self._now = models, kept, counters, usage, now

    def predict(self, model_id: str, rows: Sequence[Mapping[str, Any]], by: str, *, strict: bool = False) -> Predicted:
        """An answer per row. NotFound for an unknown model, Conflict for one that is not deployed or not whole."""
        model = self._models.get(model_id)
        if model.status != "deployed":
            raise Conflict(f"Model is not deployed: its status is {model.status}", mlops_code="MODEL_NOT_DEPLOYED")
        served = self._shelf.get(model)
        if len(rows) * len(served.manifest.classes) > MOST_PROBABILITIES:
            most = MOST_PROBABILITIES // len(served.manifest.classes)
            raise TooLarge(f"Too many rows: of this model's classes at most {most} rows fit into an answer",
                           mlops_code="INVALID_PARAMETERS")  # fmt: skip
        answers, columns = served.answer(rows, strict=strict)
        at = self._now()
        self._count(served, answers, columns, by, at)
        return Predicted(new_id("pred"), served, answers, at)

    def _count(self, served: Served, answers: Sequence[Answer], columns: Columns, by: str, at: datetime) -> None:
        """A prediction that was made is answered, even if it cannot be counted."""
        from botocore.exceptions import BotoCoreError, ClientError

        model: TabularModel = served.model
        good = [answer.place for answer in answers if answer.error is None]
        asked = asked_of(served.manifest.profile, columns, good, len(answers) - len(good))
        try:
            self._counters.add(model.model_id, served.manifest.profile, asked, at)
            self._usage.note(model, len(answers), by, at)
        except (BotoCoreError, ClientError, DomainError) as error:
            logger().warning("a prediction was not counted", extra={"reason": type(error).__name__})


@cache
def prediction_service() -> PredictionService:
    """The service of this process."""
    return PredictionService(model_repository(), shelf(), counter_repository(), usage_log(), utc_now)
