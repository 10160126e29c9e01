"""Who is monitored."""

from typing import Annotated

from fastapi import Request

from functions.insiders.schemas.people import PersonIn, PersonOut
from shared.api.access import named_operation
from shared.api.provide import provided
from shared.api.routing import Routes
from shared.core.clock import utc_now
from shared.subjects.repository import SubjectRepository, subject_repository

routes = Routes("/api/users", tag="insiders")
Subjects = Annotated[SubjectRepository, provided(subject_repository)]


@routes.get("", permission="insiders:read", response_model=list[PersonOut])
async def list_people(subjects: Subjects) -> list[PersonOut]:
    """Everybody who is monitored, by id."""
    now = utc_now()
    return [PersonOut.of(watched, now) for watched in subjects.list_all()]


@routes.post("", permission="insiders:manage", response_model=PersonOut, status_code=201)
async def create_person(person: PersonIn, subjects: Subjects, request: Request) -> PersonOut:
    """Monitor somebody from now on; 409 if the id is taken."""
    subjects.add(person.subject(), named_operation(request))
    return PersonOut.of(subjects.get(person.user_id), utc_now())


@routes.get("/{user_id}", permission="insiders:read", response_model=PersonOut)
async def get_person(user_id: str, subjects: Subjects) -> PersonOut:
    """One person."""
    return PersonOut.of(subjects.get(user_id), utc_now())
