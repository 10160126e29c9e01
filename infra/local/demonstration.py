"""The demonstration population, loaded on the first start by the product's own ingest.

Runs as processes of their own, so that scoring and storing keep both cores busy:

    python -m infra.local.demonstration          (environment of a function, AWS_ENDPOINT_URL included)
"""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor

from infra.local.demonstration_accounts import add_accounts
from infra.local.demonstration_data import history, people
from shared.activities.model import Activity
from shared.activities.service import MOST_AT_ONCE, ActivityService, pipeline
from shared.baselines.service import baseline_service
from shared.core.clock import utc_now
from shared.subjects.model import Subject
from shared.subjects.repository import subject_repository

PROCESSES = 2


def load(endpoint: str, environment: Mapping[str, str]) -> None:
    """Loads the population into the platform at `endpoint`; RuntimeError with the reason if it cannot."""
    given = {**os.environ, **environment, "AWS_ENDPOINT_URL": endpoint, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "infra.local.demonstration"]
    done = subprocess.run(command, env=given, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the demonstration data could not be loaded: {done.stderr[-2000:]}")


def fill(processes: int = PROCESSES) -> int:
    """People, their last fourteen working days, the baseline that follows from them, and the quota accounts.

    The number of activities.
    """
    now = utc_now()
    past = history(now)
    work = [(person, past.get(person.subject_id, [])) for person in people()]
    # Forked before this process has a connection, which two processes must not share.
    with ProcessPoolExecutor(processes, multiprocessing.get_context("fork")) as pool:
        stored = sum(pool.map(add_person, *zip(*work, strict=True)))
    baseline_service().build(now.date())
    add_accounts(now)
    return stored


def add_person(person: Subject, activities: list[Activity]) -> int:
    """One person and their activities."""
    subject_repository().add(person)
    ingest_all(pipeline(opens_days=False), activities)
    return len(activities)


def ingest_all(service: ActivityService, activities: list[Activity]) -> None:
    """One person's activities in order, as many at once as the pipeline takes."""
    for start in range(0, len(activities), MOST_AT_ONCE):
        service.ingest(activities[start : start + MOST_AT_ONCE])


if __name__ == "__main__":
    fill()
