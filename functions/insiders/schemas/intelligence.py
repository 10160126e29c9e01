"""Bodies about one person's habits, the detector, the graph and places."""

from typing import Any

from pydantic import BaseModel

from shared.graph.model import Graph
from shared.intelligence.service import Intelligence
from shared.threats.levels import RiskLevel, risk_level


class TrendPoint(BaseModel):
    """The score at the end of a day."""

    date: str
    score: float


class PatternsOut(BaseModel):
    """Percent of the last 30 days' activities, file accesses and e-mails."""

    off_hours_activity: float
    sensitive_file_access: float
    external_email_ratio: float


class IntelligenceOut(BaseModel):
    """What is known about one person."""

    name: str
    user_id: str
    its_score: float
    risk_level: RiskLevel
    risk_trend: list[TrendPoint]
    behavioral_patterns: PatternsOut
    anomalies: list[str]

    @classmethod
    def of(cls, found: Intelligence) -> "IntelligenceOut":
        patterns = found.patterns
        return cls(
            name=found.watched.subject.name,
            user_id=found.watched.subject.subject_id,
            its_score=found.its,
            risk_level=risk_level(found.its),
            risk_trend=[TrendPoint(date=day.isoformat(), score=score) for day, score in found.trend],
            behavioral_patterns=PatternsOut(
                off_hours_activity=patterns.off_hours_activity,
                sensitive_file_access=patterns.sensitive_file_access,
                external_email_ratio=patterns.external_email_ratio,
            ),
            anomalies=list(found.anomalies),
        )


class NodeOut(BaseModel):
    """A person (with risk) or a file (with sensitive and its path)."""

    id: str
    type: str
    risk: RiskLevel | None = None
    sensitive: bool | None = None
    path: str | None = None


class EdgeOut(BaseModel):
    """A person touched a file. `weight` is the share of the person's accesses, `accesses` their number."""

    source: str
    target: str
    weight: float
    accesses: int


class GraphOut(BaseModel):
    """People and files. `truncated` says that there are more edges than `limit`."""

    nodes: list[NodeOut]
    edges: list[EdgeOut]
    truncated: bool

    @classmethod
    def of(cls, graph: Graph, truncated: bool) -> "GraphOut":
        people = [NodeOut(id=subject_id, type="user", risk=risk) for subject_id, risk in graph.people]
        files = [
            NodeOut(id=edge.file_id, type="file", sensitive=edge.sensitive, path=edge.path) for edge in graph.files
        ]
        edges = [
            EdgeOut(source=edge.subject_id, target=edge.file_id, weight=weight, accesses=edge.accesses)
            for edge, weight in zip(graph.edges, graph.weights, strict=True)
        ]
        return cls(nodes=people + files, edges=edges, truncated=truncated)


class TravelOut(BaseModel):
    """A logon that cannot be where it says, or that its source marked. `evidence` has both ends and the figures."""

    location: str
    user: str
    user_id: str
    time: str
    timestamp: str
    risk: str
    evidence: dict[str, Any]


class TravelsOut(BaseModel):
    anomalies: list[TravelOut]
