"""Bodies about monitored people."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, StringConstraints

from shared.api.text import Line, SubjectId
from shared.subjects.model import Subject
from shared.subjects.repository import Watched
from shared.threats.levels import RiskLevel, risk_level


class PersonOut(BaseModel):
    """A monitored person with the present score."""

    user_id: str
    name: str
    email: str
    role: str
    department: str
    its_score: float
    risk_level: RiskLevel
    status: str

    @classmethod
    def of(cls, watched: Watched, now: datetime) -> "PersonOut":
        subject, its = watched.subject, watched.its(now)
        return cls(
            user_id=subject.subject_id,
            name=subject.name,
            email=subject.email,
            role=subject.role,
            department=subject.department,
            its_score=its,
            risk_level=risk_level(its),
            status=subject.status,
        )


class PersonIn(BaseModel):
    """Somebody to monitor from now on."""

    user_id: SubjectId
    name: Line
    email: Annotated[Line, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$")]
    role: Line
    department: Line
    manager_id: SubjectId | None = None

    def subject(self) -> Subject:
        return Subject(self.user_id, self.name, self.email, self.role, self.department, self.manager_id)
