"""Builds the organisation's baseline of a day from everybody's behaviour before it."""

from collections.abc import Iterator
from datetime import date
from functools import cache

from shared.activities.repository import state_key
from shared.baselines.repository import BaselineRepository, baseline_repository
from shared.behaviour.baseline_build import build_baseline
from shared.behaviour.state import BehaviourState
from shared.storage.schema import INSIDERS
from shared.storage.store import Store, store
from shared.subjects.model import Subject
from shared.subjects.repository import SubjectRepository, subject_repository


class BaselineService:
    """One build a day: reads each person once, whatever the number of their events."""

    def __init__(self, rows: Store, subjects: SubjectRepository, baselines: BaselineRepository) -> None:
        self._rows, self._subjects, self._baselines = rows, subjects, baselines

    def build(self, day: date) -> int:
        """Builds and keeps the baseline of a day; building again gives the same. The number of people in it."""
        members = list(self._members())
        self._baselines.add(build_baseline(members, day))
        return len(members)

    def _members(self) -> Iterator[tuple[Subject, BehaviourState]]:
        people = {watched.subject.subject_id: watched.subject for watched in self._subjects.list_all()}
        for row in self._rows.get_many(INSIDERS, [state_key(subject_id) for subject_id in people]):
            subject_id = row["pk"].partition("#")[2]
            yield people[subject_id], BehaviourState.from_bytes(row["doc"])


@cache
def baseline_service() -> BaselineService:
    """The service of this process."""
    return BaselineService(store(), subject_repository(), baseline_repository())
