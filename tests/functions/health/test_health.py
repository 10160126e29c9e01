"""Six addresses, six bodies, and figures that are looked at and not made up."""

import json
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from functions.health.app import handler
from functions.health.schemas import size_text
from shared.api.accept import prefers_html
from shared.core.clock import utc_now
from shared.core.settings import settings
from shared.datasets.repository import STORED
from shared.health.machine import UNMEASURED, Load, Machine
from shared.health.service import NOT_BUILT, HealthService
from shared.health.uptime import uptime_text
from shared.storage.schema import TABULAR
from shared.storage.store import store
from shared.storage.writes import Update
from shared.training.model import Job, Wanted
from shared.training.repository import job_repository
from tests.builders.http import get
from tests.builders.tabular import a_model

MICROS = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}"


def body_of(path: str, **headers: str) -> Any:
    answer = get(handler, path, **headers)
    assert answer["statusCode"] == 200, answer
    assert answer["headers"]["content-type"] == "application/json"
    return json.loads(answer["body"])


def test_root(tables: Any) -> None:
    body = body_of("/")

    assert re.fullmatch(MICROS, body.pop("timestamp"))
    assert body == {"status": "healthy", "service": "enterprise-dashboard-backend", "version": "1.0.0"}


def test_health_is_the_union_of_both_seeds_and_its_uptime_grows(tables: Any) -> None:
    first, second = body_of("/health"), body_of("/health")

    assert second.pop("uptime_seconds") > first["uptime_seconds"] >= 0
    assert re.fullmatch(MICROS + "Z", second.pop("timestamp"))
    assert second == {"status": "healthy", "service": "enterprise-dashboard-backend", "version": "1.0.0"}


def test_uptime_counts_from_the_deployment(tables: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEDETTE_STARTED_AT", (utc_now() - timedelta(days=2)).isoformat())
    settings.cache_clear()

    assert 172_800 <= body_of("/health")["uptime_seconds"] < 172_860
    assert body_of("/api/status")["uptime"].startswith("2 days 0:00:")


def test_api_health_has_exactly_two_keys(tables: Any) -> None:
    body = body_of("/api/health")

    assert set(body) == {"status", "timestamp"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", body["timestamp"])


def test_services_are_healthy_where_their_table_answers_and_unbuilt_ones_say_so(tables: Any) -> None:
    services = {service["name"]: service for service in body_of("/services/health")}

    built = set(services) - set(NOT_BUILT)
    assert {name for name in services if services[name]["status"] == "healthy"} == built
    assert all(services[name]["response_time"] > 0 for name in built)
    assert all(services[name]["details"] == {"reason": "not built"} for name in NOT_BUILT)
    assert re.fullmatch(MICROS, services["live-updates"]["last_check"])


def test_status_is_healthy_by_total(tables: Any) -> None:
    body = body_of("/status")

    assert [service["name"] for service in body["services"]] == [one["name"] for one in body_of("/services/health")]
    assert body["total_services"] == len(body["services"])
    assert body["healthy_services"] == sum(service["status"] == "healthy" for service in body["services"])
    share = 100 * body["healthy_services"] / body["total_services"]
    assert body["overall_health_percentage"] == pytest.approx(share, abs=0.1)
    assert body["status"] == ("healthy" if share >= 80 else "degraded" if share >= 50 else "unhealthy")


def test_a_missing_table_makes_its_service_unhealthy_and_nothing_else(tables: Any) -> None:
    tables.delete_table(TableName="vedette-local-live")

    services = {service["name"]: service for service in body_of("/services/health")}

    assert services["live-updates"]["status"] == "unhealthy"
    assert services["live-updates"]["details"]["reason"] == "ResourceNotFoundException"
    assert services["insider-threats"]["status"] == "healthy"


def test_a_hanging_service_costs_one_timeout_however_many_hang() -> None:
    stuck = threading.Event()
    checks = {"a": stuck.wait, "b": stuck.wait, "c": lambda: None}
    with ThreadPoolExecutor(4) as pool:
        began = time.monotonic()
        overall = HealthService(checks, pool, utc_now, timeout=0.2).overall()
        took = time.monotonic() - began
        stuck.set()

    assert took < 1
    assert [service.status for service in overall.services[:3]] == ["unhealthy", "unhealthy", "healthy"]
    assert overall.services[0].details["reason"] == "no answer in time"


def test_system_status(tables: Any) -> None:
    body = body_of("/api/status")

    assert body["status"] in ("operational", "degraded")
    assert (body["models_count"], body["active_jobs"], body["storage_used"]) == (0, 0, "0.0 MB")
    assert re.fullmatch(r"\d+(\.\d+)?%", body["cpu_usage"])
    assert re.fullmatch(r"\d+(\.\d+)?%", body["memory_usage"])
    assert re.fullmatch(r"(\d+ days? )?\d{1,2}:\d{2}:\d{2}", body["uptime"])
    assert set(body["sources"]) == set(body) - {"status", "sources"}


def test_system_status_counts_models_jobs_and_bytes(tables: Any) -> None:
    for status in ("trained", "trained", "deployed", "archived"):
        a_model(status=status)
    for number, age in enumerate((1, 2, 60 * 24)):
        started = utc_now() - timedelta(minutes=age)
        job_repository().add(Job(f"job_{number}", Wanted("file_1"), "running", "Model selection", started, "ana"))
    store().transact([Update(TABULAR, STORED, add={"bytes": 2_460_000, "files": 1})])

    body = body_of("/api/status")

    assert (body["models_count"], body["storage_used"]) == (4, "2.5 MB")
    assert body["active_jobs"] == 2, "nobody works on the one of yesterday any more"


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0.0 MB"), (20_400, "20.4 KB"), (124_500_000, "124.5 MB"), (3 * 10**9, "3000.0 MB")]
)
def test_a_size_in_the_seeds_words(size: int, text: str) -> None:
    assert size_text(size) == text


def test_strict_mode_leaves_three_addresses_open(tables: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEDETTE_AUTH_MODE", "strict")
    settings.cache_clear()
    statuses = {
        path: get(handler, path)["statusCode"]
        for path in ("/", "/health", "/api/health", "/services/health", "/status", "/api/status")
    }

    assert [path for path, status in statuses.items() if status == 200] == ["/", "/health", "/api/health"]
    assert {status for status in statuses.values()} == {200, 401}


def test_a_browser_gets_a_page_at_the_root(tables: Any) -> None:
    answer = get(handler, "/", accept="text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")

    assert answer["headers"]["content-type"].startswith("text/html")
    assert "/docs" in answer["body"]


@pytest.mark.parametrize(
    ("accept", "html"),
    [
        ("*/*", False), ("", False), ("application/json", False), ("text/html", True), ("text/*, */*;q=0.1", True),
        ("application/json, text/html", False), ("application/json;q=0.9, text/html", True),
        ("text/html;q=0.4, application/json;q=0.5", False), ("text/html;q=x", False), (";;,,;q=", False),
    ],
)  # fmt: skip
def test_html_only_where_it_is_preferred(accept: str, html: bool) -> None:
    assert prefers_html(accept) is html


@pytest.mark.parametrize(
    ("since", "text"),
    [
        (timedelta(0), "0:00:00"), (timedelta(hours=14, minutes=23, seconds=45), "14:23:45"),
        (timedelta(days=1, seconds=7), "1 day 0:00:07"), (timedelta(days=2, hours=3), "2 days 3:00:00"),
    ],
)  # fmt: skip
def test_uptime_in_the_seeds_words(since: timedelta, text: str) -> None:
    assert uptime_text(since) == text


def test_load_is_the_difference_of_two_samples(tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("MemTotal: 1000 kB\nMemFree: 100 kB\nMemAvailable: 400 kB\n")
    (tmp_path / "stat").write_text("cpu  100 0 100 800 0 0 0 0 0 0\n")

    def later(_: float) -> None:
        (tmp_path / "stat").write_text("cpu  120 0 110 860 10 0 0 0 0 0\n")

    load = Machine(tmp_path, later).load()

    assert (load.cpu_percent, load.memory_percent) == (30.0, 60.0)


def test_without_proc_nothing_is_made_up(tmp_path: Path) -> None:
    load = Machine(tmp_path / "none").load()

    assert (load.cpu_percent, load.memory_percent, load.source) == (0.0, 0.0, UNMEASURED)
    assert load.disk_percent > 0


@pytest.mark.parametrize(
    ("figures", "health"),
    [((80, 80, 90), "healthy"), ((81, 0, 0), "warning"), ((0, 0, 91), "warning"), ((0, 91, 0), "critical")],
)
def test_health_words_of_seed_001(figures: tuple[float, float, float], health: str) -> None:
    assert Load(*figures).health == health


def test_the_time_is_now(tables: Any) -> None:
    stamp = datetime.fromisoformat(body_of("/status")["timestamp"]).replace(tzinfo=UTC)

    assert abs((utc_now() - stamp).total_seconds()) < 5
