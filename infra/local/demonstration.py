"""The demonstration population, loaded on the first start by the product's own ingest.

Runs as a process of its own, so that the second core does the scoring while the first one stores:

    python -m infra.local.demonstration          (environment of a function, AWS_ENDPOINT_URL included)
"""

import os
import subprocess
import sys
from collections.abc import Mapping

from infra.local.demonstration_data import history, people
from shared.activities.model import Activity
from shared.activities.service import MOST_AT_ONCE, ActivityService, pipeline
from shared.baselines.service import baseline_service
from shared.core.clock import utc_now
from shared.subjects.repository import subject_repository


def load(endpoint: str, environment: Mapping[str, str]) -> None:
    """Loads the population into the platform at `endpoint`; RuntimeError with the reason if it cannot."""
    given = {**os.environ, **environment, "AWS_ENDPOINT_URL": endpoint, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "infra.local.demonstration"]
    done = subprocess.run(command, env=given, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the demonstration data could not be loaded: {done.stderr[-2000:]}")


def fill() -> int:
    """People, their last fourteen working days, and the baseline that follows from them. The number of activities."""
    now = utc_now()
    for person in people():
        subject_repository().add(person)
    service, past = pipeline(opens_days=False), history(now)
    for activities in past.values():
        ingest_all(service, activities)
    baseline_service().build(now.date())
    return sum(map(len, past.values()))


def ingest_all(service: ActivityService, activities: list[Activity]) -> None:
    """One person's activities in order, as many at once as the pipeline takes."""
    for start in range(0, len(activities), MOST_AT_ONCE):
        service.ingest(activities[start : start + MOST_AT_ONCE])


if __name__ == "__main__":
    fill()
