"""A function whose requests are counted, to see which repeats were carried out."""

import json
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from shared.access.permissions import PUBLIC
from shared.api.app import create_app, lambda_handler
from shared.api.routing import Routes
from tests.builders.calls import Answer, call

KEY = {"idempotency-key": "order-1"}


class Body(BaseModel):
    number: int


@dataclass
class Desk:
    """A function whose work counts how often it was done, and fails as it is told."""

    handler: Any = None
    done: list[int] = field(default_factory=list)
    error: Exception | None = None
    text: str = ""

    def ask(self, method: str = "POST", path: str = "/api/things", **sent: Any) -> Answer:
        headers = {**KEY, **sent.pop("headers", {})}
        given = {"json": {"number": 1}} if "text" not in sent and "json" not in sent else {}
        return call(self.handler, method, path, headers=headers, **given, **sent)

    def work(self, number: int) -> Response:
        if self.error:
            raise self.error
        self.done.append(number)
        body = {"number": number, "done": len(self.done), "text": self.text}
        return Response(json.dumps(body), 201, {"location": f"/things/{number}", "x-ours": "1"}, "application/json")


def a_desk() -> Desk:
    """With routes of every kind: keyed, public, secret, a stream."""
    made = Desk()
    routes = Routes("/api", tag="test")

    async def change(body: Body) -> Response:
        return made.work(body.number)

    async def touch(request: Request) -> Response:
        await request.body()
        return made.work(0)

    for verb in (routes.post, routes.put, routes.patch):
        verb("/things", permission="insiders:manage", response_class=Response)(change)
    routes.delete("/things/{name}", permission="insiders:manage", response_class=Response)(touch)
    routes.get("/things", permission="insiders:read", response_class=Response)(touch)
    routes.post("/raw", permission="insiders:manage", response_class=Response)(touch)
    routes.post("/others", permission="insiders:manage", response_class=Response)(change)
    routes.post("/door", permission=PUBLIC, response_class=Response)(change)
    routes.post("/keys", permission="insiders:manage", response_class=Response, secret=True)(change)

    @routes.post("/stream", permission="insiders:manage", response_class=StreamingResponse)
    async def stream() -> StreamingResponse:
        made.done.append(1)
        return StreamingResponse(iter(["a", "b"]), media_type="text/plain")

    made.handler = lambda_handler(create_app("test", routes))
    return made


def replayed(answer: Answer) -> bool:
    """Whether this is the answer to an earlier request."""
    return answer.headers.get("idempotency-replayed") == "true"


def same(first: Answer, again: Answer) -> bool:
    """But for the mark of the repeat, and the id of the request."""
    own = ("idempotency-replayed", "x-request-id")
    kept = {name: value for name, value in again.headers.items() if name not in own}
    before = {name: value for name, value in first.headers.items() if name not in own}
    return (first.status, first.body, before) == (again.status, again.body, kept)
