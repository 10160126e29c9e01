"""What is known: about a person, the detector, who touched what, and logons that cannot be where they say."""

from typing import Annotated

from fastapi import Query

from functions.insiders.schemas.detector import DetectorOut
from functions.insiders.schemas.intelligence import GraphOut, IntelligenceOut, TravelOut, TravelsOut
from shared.activities.repository import ActivityRepository, activity_repository
from shared.api.provide import provided
from shared.api.routing import Routes
from shared.api.text import SubjectId
from shared.core.clock import iso_seconds, utc_now
from shared.geography.measure import ago
from shared.geography.repository import TravelRepository, travel_repository
from shared.graph.model import graph_of
from shared.graph.repository import GraphRepository, graph_repository
from shared.intelligence.detector import detector_card
from shared.intelligence.service import IntelligenceService, intelligence_service
from shared.subjects.repository import SubjectRepository, subject_repository
from shared.threats.levels import risk_level

routes = Routes("/api", tag="intelligence")
Lookup = Annotated[IntelligenceService, provided(intelligence_service)]
Edges = Annotated[GraphRepository, provided(graph_repository)]
Travels = Annotated[TravelRepository, provided(travel_repository)]
Subjects = Annotated[SubjectRepository, provided(subject_repository)]
Activities = Annotated[ActivityRepository, provided(activity_repository)]


@routes.get("/intelligence/{user_id}", permission="insiders:read", response_model=IntelligenceOut)
async def get_intelligence(user_id: str, lookup: Lookup) -> IntelligenceOut:
    """One person's score, its trend, habits and open findings."""
    return IntelligenceOut.of(lookup.of_subject(user_id))


@routes.get("/analytics/models", permission="insiders:read", response_model=DetectorOut)
async def get_detector(activities: Activities) -> DetectorOut:
    """How good the detector is: the manifest's measured figures, and what this platform has processed."""
    return DetectorOut.of(detector_card(), activities.figures())


@routes.get(
    "/graph/intelligence", permission="insiders:read", response_model=GraphOut, response_model_exclude_none=True
)
async def get_graph(
    edges: Edges,
    subjects: Subjects,
    center: SubjectId | None = None,
    limit: Annotated[int, Query(ge=1, le=20_000)] = 10_000,
) -> GraphOut:
    """Who touched which file; of everybody, or of the person in the center."""
    now = utc_now()
    found = edges.list_edges(limit + 1, center)
    levels = {watched.subject.subject_id: risk_level(watched.its(now)) for watched in subjects.list_all()}
    return GraphOut.of(graph_of(found[:limit], levels), truncated=len(found) > limit)


@routes.get("/geospatial/anomalies", permission="insiders:read", response_model=TravelsOut)
async def list_travel_anomalies(travels: Travels, limit: Annotated[int, Query(ge=1, le=500)] = 50) -> TravelsOut:
    """Logons that cannot be where they say, newest first."""
    now = utc_now()
    return TravelsOut(
        anomalies=[
            TravelOut(
                location=found.location,
                user=found.name,
                user_id=found.subject_id,
                time=ago(found.at, now),
                timestamp=iso_seconds(found.at),
                risk=found.risk,
                evidence=found.evidence,
            )
            for found in travels.list_newest(limit)
        ]
    )
