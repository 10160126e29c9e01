"""Monitored people for tests: honest defaults, say only what matters."""

from shared.subjects.model import Subject


def a_person(subject_id: str = "U901", **facts: str) -> Subject:
    given = {
        "name": "Ada Any",
        "email": "ada.any@example.com",
        "role": "Developer",
        "department": "Engineering",
        **facts,
    }
    return Subject(subject_id, **given)
