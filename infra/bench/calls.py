"""One sample call of every route of the platform, in an order that lets each succeed; reads come first.

A route that is missing here fails the bench and its test: whoever adds a route adds its call. ASIDE are routes whose
cost lies in the user pool or in rows that a history of activities never touches.
"""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from infra.bench.population import people
from infra.routes import Route, routes

# People by what happens to them, so that no call disturbs another: most are only read.
READ, INGESTS, DRILLED, SIMULATED = (person.subject_id for person in people()[:4])
ALARMING = tuple(person.subject_id for person in people()[5:8])
FIRST, SECOND = 1, 2  # numbers of the incidents that the preparation opens
SEEN = "notes once a minute that the caller was seen"
NEEDS_TOKEN = ("/api/v1/", "/api/users/profile", "/api/quota/", "/api/admin/", "/auth/")
ASIDE = (
    r"(POST|DELETE) /auth/.*",
    r"(POST|PUT|DELETE) /api/v1/users.*",
    r"GET /api/v1/users/\{user_id\}",
    r"PUT /api/admin/users/\{account_id\}/plan",
    r"\w+ /api/(train|training|predict|upload|models)\b.+",
    r"POST /api/(train|upload)",
    r"PUT /api/settings",
)
FILE = {"file_path": "/bench/shared.docx", "action": "read", "size_mb": 0.3}


@dataclass(frozen=True, slots=True)
class Call:
    """`grows` says why the items may differ: the route returns rows, and there are more of them."""

    method: str
    template: str
    path: str = ""
    query: tuple[tuple[str, object], ...] = ()
    body: Any = None
    grows: str = ""

    @property
    def name(self) -> str:
        """As the route table writes it."""
        return f"{self.method} {self.template}"

    def event(self, token: str = "") -> dict[str, Any]:
        """The request as API Gateway's HTTP API hands it to a function; with the token where one is needed."""
        path = self.path or self.template
        headers = {"host": "127.0.0.1", "content-type": "application/json"}
        if self.template.startswith(NEEDS_TOKEN):
            headers["authorization"] = f"Bearer {token}"
        http = {
            "method": self.method,
            "path": path,
            "protocol": "HTTP/1.1",
            "sourceIp": "127.0.0.1",
            "userAgent": "bench",
        }
        return {
            "version": "2.0",
            "routeKey": f"{self.method} {path}",
            "rawPath": path,
            "rawQueryString": urlencode(self.query),
            "headers": headers,
            "requestContext": {"http": http, "requestId": "bench", "stage": "$default"},
            "isBase64Encoded": False,
            **({"body": json.dumps(self.body)} if self.body is not None else {}),
        }


SPECIAL = (
    Call("GET", "/api/users/{user_id}", f"/api/users/{READ}"),
    Call(
        "GET",
        "/api/users/{user_id}/activities",
        f"/api/users/{READ}/activities",
        grows="returns every activity of the last 7 days",
    ),
    Call("GET", "/api/intelligence/{user_id}", f"/api/intelligence/{READ}"),
    Call("GET", "/api/alerts/{alert_id}", f"/api/alerts/{FIRST}"),
    Call("GET", "/docs/static/{file}", "/docs/static/swagger-ui.css"),
    Call("GET", "/api/users/profile", grows=SEEN),
    Call("GET", "/api/quota/check/{resource}", "/api/quota/check/network", grows=SEEN),
    Call("GET", "/api/admin/metrics", grows=SEEN),
    Call("GET", "/api/v1/users/permissions/check", query=(("permission", "users:read"),)),
    Call("GET", "/api/v1/users/permissions/who", query=(("permission", "users:read"),)),
)
WRITES = (
    Call("POST", "/api/quota/increment", body={"resource": "network"}, grows=SEEN),
    Call("POST", "/xai/explain-action", body={"action": "SCAN_NETWORK", "agent_type": "attacker", "target": "server"}),
    Call(
        "POST",
        "/api/activities/ingest",
        body={"user_id": INGESTS, "activity_type": "file_access", "details": FILE},
    ),
    Call(
        "POST",
        "/api/simulate/activity",
        query=(("user_id", SIMULATED), ("activity_count", 10)),
        grows="repeats up to 60 of the person's own latest activities",
    ),
    Call("POST", "/api/trigger/anomaly", query=(("user_id", DRILLED), ("anomaly_type", "data_exfiltration"))),
    Call("POST", "/api/incidents", body={"user_id": READ, "severity": "low", "description": "seen by the bench"}),
    Call("POST", "/api/alerts/mark-viewed", body={"alert_ids": [FIRST]}),
    Call("PATCH", "/api/incidents/{alert_id}/status", f"/api/incidents/{FIRST}/status", body={"status": "in_progress"}),
    Call(
        "POST",
        "/api/incidents/{alert_id}/resolve",
        f"/api/incidents/{SECOND}/resolve",
        body={"resolution_notes": "by the bench", "verdict": "false_positive"},
    ),
    Call(
        "POST",
        "/api/users",
        body={"user_id": "B900", "name": "New", "email": "new@example.com", "role": "HR", "department": "HR"},
    ),
)


def calls() -> list[tuple[Route, Call]]:
    """Every route that is not ASIDE with its call. KeyError names the first route that has none."""
    table = {name: route for route in routes() if not is_aside(name := f"{route.method} {route.path}")}
    given = {call.name: call for call in SPECIAL}
    reads = [given.get(name) or _plain(route) for name, route in table.items() if route.method == "GET"]
    wanted = {name for name, route in table.items() if route.method != "GET"}
    missing = wanted ^ {call.name for call in WRITES}
    if missing:
        raise KeyError(f"infra/bench/calls.py and the route table differ: {sorted(missing)}")
    return [(table[call.name], call) for call in (*reads, *WRITES)]


def is_aside(name: str) -> bool:
    """Whether a route is left out, for the reason that the module gives."""
    return any(re.fullmatch(pattern, name) for pattern in ASIDE)


def _plain(route: Route) -> Call:
    if "{" in route.path:
        raise KeyError(f"infra/bench/calls.py has no call of GET {route.path}")
    return Call("GET", route.path)
