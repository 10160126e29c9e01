"""Figures at a glance. Each is a counter or one row a person: the cost does not grow with what happened."""

from typing import Annotated

from functions.dashboard.schemas import RecentAlert, StatsOut
from shared.api.provide import provided
from shared.api.routing import Routes
from shared.core.clock import utc_now
from shared.incidents.repository import CaseRepository, case_repository
from shared.subjects.repository import SubjectRepository, subject_repository

RECENT = 5

routes = Routes("/api/dashboard", tag="dashboard")
Cases = Annotated[CaseRepository, provided(case_repository)]
Subjects = Annotated[SubjectRepository, provided(subject_repository)]


@routes.get("/stats", permission="insiders:read", response_model=StatsOut)
async def get_stats(cases: Cases, subjects: Subjects) -> StatsOut:
    """The state of the insider desk now (definitions: conflict C17)."""
    now = utc_now()
    scores = [watched.its(now) for watched in subjects.list_all()]
    recent = [RecentAlert.of(case) for case in cases.list_newest(RECENT)]
    return StatsOut.of(scores, cases.alerts_on(now.date()), recent)
