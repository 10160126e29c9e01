"""The monitored people (seed 004). Not accounts, not platform users: see docs/decisions/0003."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """One monitored person. `role` is a job title and the peer group of the baselines, never a permission."""

    subject_id: str
    name: str
    email: str
    role: str
    department: str
    manager_id: str | None = None
    status: str = "active"
