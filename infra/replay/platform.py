"""The running platform as the replay sees it: register people, send events until they are taken, fetch alerts."""

import asyncio
import time
from dataclasses import asdict, dataclass
from random import Random
from typing import Any
from urllib.parse import quote

import httpx

from infra.replay.events import Row
from shared.subjects.model import Subject

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0  # seconds between attempts; doubled each time
PATIENCE = 120.0  # seconds without a usable answer until the platform counts as gone
TIMEOUT = httpx.Timeout(35.0, connect=5.0)  # the gateway gives a function 29 s
BUSY = frozenset((429, 502, 503, 504))
BROKEN_ATTEMPTS = 3  # at status 500: worth repeating, not for ever


class Unreachable(Exception):
    """The platform has not answered for PATIENCE seconds."""


@dataclass(frozen=True, slots=True)
class Taken:
    """How an event was answered. `problem` is "" when it was taken in; `seconds` are those of the last attempt."""

    answer: dict[str, Any]
    problem: str
    seconds: float
    retries: int


class Platform:
    """One keep-alive client. Every attempt at an event has the same event_id, so repeating is safe."""

    def __init__(self, base: str, concurrency: int, patience: float = PATIENCE, token: str | None = None) -> None:
        limits = httpx.Limits(max_connections=concurrency + 2, max_keepalive_connections=concurrency + 2)
        headers = {"authorization": f"Bearer {token}"} if token else {}
        self._client = httpx.AsyncClient(
            base_url=base, timeout=TIMEOUT, limits=limits, headers=headers, trust_env=False
        )
        self._patience = patience
        self._random = Random()

    async def close(self) -> None:
        """Ends the connections."""
        await self._client.aclose()

    async def known_people(self) -> set[str]:
        """Ids of those whom the platform monitors already."""
        response, _, _ = await self._request("GET", "/api/users")
        response.raise_for_status()
        return {str(person["user_id"]) for person in response.json()}

    async def register(self, person: Subject) -> None:
        """Makes somebody known; known already is fine. HTTPStatusError when the platform refuses."""
        fields = {name: value for name, value in asdict(person).items() if value is not None}
        body = {"user_id": fields.pop("subject_id"), **fields}
        body.pop("status")
        response, _, _ = await self._request("POST", "/api/users", body)
        if response.status_code != 409:
            response.raise_for_status()

    async def send(self, row: Row) -> Taken:
        """One event, until it is taken in or refused for good."""
        response, seconds, retries = await self._request("POST", "/api/activities/ingest", row.body)
        answer = _object(response)
        if response.is_success:
            return Taken(answer, "", seconds, retries)
        # The first line of the reason only: a 422 names every field.
        reason = str(answer.get("detail", ""))[:120]
        return Taken(answer, f"{response.status_code} {reason}".strip(), seconds, retries)

    async def alert(self, alert_id: str) -> dict[str, Any]:
        """An alert with its evidence, {} when it cannot be had."""
        try:
            response, _, _ = await self._request("GET", f"/api/alerts/{quote(alert_id, safe='')}")
        except Unreachable:
            return {}
        return _object(response) if response.is_success else {}

    async def _request(self, method: str, path: str, body: Any = None) -> tuple[httpx.Response, float, int]:
        """The first final answer, the seconds it took, and the number of attempts before it."""
        pause, broken, retries = FIRST_PAUSE, 0, 0
        give_up = time.monotonic() + self._patience
        while True:
            begin = time.perf_counter()
            response = await self._attempt(method, path, body)
            if response is not None and response.status_code not in BUSY:
                broken += response.status_code == 500
                if response.status_code != 500 or broken >= BROKEN_ATTEMPTS:
                    return response, time.perf_counter() - begin, retries
            if time.monotonic() + pause > give_up:
                raise Unreachable(f"no usable answer to {method} {path} for {self._patience:.0f} s")
            await asyncio.sleep(pause * self._random.uniform(0.7, 1.3))
            pause, retries = min(2 * pause, LONGEST_PAUSE), retries + 1

    async def _attempt(self, method: str, path: str, body: Any) -> httpx.Response | None:
        try:
            return await self._client.request(method, path, json=body)
        except httpx.TransportError:
            return None


def _object(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
