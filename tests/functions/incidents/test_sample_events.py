"""Every sample event of the insider desk and its workers, replayed through the handler that the catalogue names."""

import importlib
import json
from pathlib import Path
from typing import Any

import pytest

from shared.catalogue import FUNCTIONS
from shared.core.settings import settings
from shared.incidents.service import Report, incident_service
from shared.subjects.repository import subject_repository
from tests.builders.people import a_person
from tests.faults.conftest import WORKFLOWS
from tests.faults.operations import make_state_machine

EVENTS = Path(__file__).parents[3] / "events"
MINE = ("baselines", "dashboard", "fallback", "incidents", "insiders", "projections")
SAMPLES = [path for name in MINE for path in sorted((EVENTS / name).glob("*.json"))]


@pytest.fixture
def desk(tables: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person, a case about them, and a workflow to start."""
    monkeypatch.setenv("VEDETTE_WORKFLOW_ARN_PREFIX", WORKFLOWS)
    settings.cache_clear()
    subject_repository().add(a_person("U901"))
    incident_service().create(Report("U901", "high", "Suspicious activity", None), by="ana")
    make_state_machine()


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_sample_event_is_answered(desk: None, sample: Path) -> None:
    function = FUNCTIONS[sample.parent.name]
    module, _, name = function.handler.rpartition(".")

    answer: dict[str, Any] = getattr(importlib.import_module(module), name)(json.loads(sample.read_text()), None)

    if function.kind == "api":
        expected = (404,) if sample.stem.endswith("_404") else (200, 201)
        assert answer["statusCode"] in expected, answer
    elif function.name == "projections":
        failed = [{"itemIdentifier": "102"}] if "poison" in sample.name else []
        assert answer == {"batchItemFailures": failed}
    else:
        assert set(answer) == {"day", "people"}


def test_every_function_of_this_area_has_a_sample() -> None:
    assert {path.parent.name for path in SAMPLES} == set(MINE)


def test_every_route_of_this_area_has_a_sample() -> None:
    routes = (Path(__file__).parents[2] / "contract" / "routes.txt").read_text().splitlines()
    promised = [line.split() for line in routes if line.split()[2] in ("dashboard", "incidents", "insiders")]
    shown = {json.loads(path.read_text())["routeKey"] for path in SAMPLES if path.parent.name in MINE[1:5]}

    missing = {
        f"{method} {path}" for method, path, *_ in promised if not any(_serves(method, path, key) for key in shown)
    }
    assert missing == set()


def _serves(method: str, path: str, key: str) -> bool:
    sent_method, sent = key.split()
    parts, given = path.split("/"), sent.split("/")
    return (
        method == sent_method
        and len(parts) == len(given)
        and all(part.startswith("{") or part == one for part, one in zip(parts, given, strict=True))
    )
