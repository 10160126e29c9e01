"""Fills a running platform with history by the product's own pipeline, forty activities at once.

Runs as a process of its own in the environment of a function (AWS_ENDPOINT_URL included); the order is JSON:

    python -m infra.bench.filling '{"subject_ids": ["B001"], "each": 2000, "first": 0, "last": 2000}'
"""

import json
import sys
from dataclasses import dataclass
from datetime import date

from infra.bench.population import history, people
from infra.local.demonstration import ingest_all
from shared.activities.service import pipeline
from shared.baselines.service import baseline_service
from shared.core.clock import utc_now


@dataclass(frozen=True, slots=True)
class Order:
    """Of a history of `each` activities a person, those from `first` up to `last`. Nobody named: today's baseline."""

    subject_ids: tuple[str, ...] = ()
    each: int = 0
    first: int = 0
    last: int = 0


def fill(order: Order, today: date) -> int:
    """Person by person, oldest first. The number of activities."""
    service, named = pipeline(opens_days=False), set(order.subject_ids)
    for subject in people():
        if subject.subject_id in named:
            ingest_all(service, history(subject, order.each, today)[order.first : order.last])
    return len(named) * (order.last - order.first)


def main() -> None:
    order, today = Order(**json.loads(sys.argv[1])), utc_now().date()
    if order.subject_ids:
        fill(order, today)
    else:
        baseline_service().build(today)


if __name__ == "__main__":
    main()
