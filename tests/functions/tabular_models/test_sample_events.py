"""Every sample event of the tabular area's functions, replayed through the handler that the catalogue names."""

import importlib
import json
from pathlib import Path
from typing import Any

import pytest

from shared.catalogue import FUNCTIONS
from shared.core.clock import utc_now
from shared.datasets.model import Dataset
from shared.datasets.repository import dataset_repository
from tests.builders.tabular import a_model

EVENTS = Path(__file__).parents[3] / "events"
MINE = ("cleanup", "datasets", "settings", "tabular_models")
SAMPLES = [path for name in MINE for path in sorted((EVENTS / name).glob("*.json"))]


@pytest.fixture
def shop(tables: Any) -> None:
    """A trained model, a deployed one, and a file."""
    a_model(model_id="model_1")
    a_model(model_id="model_deployed", status="deployed")
    key = "datasets/file_1/data.csv"
    dataset_repository().add(Dataset("file_1", "data.csv", key, 8, "0" * 64, 1, 1, "utf-8", ",", (), (), utc_now()))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_sample_event_is_answered(shop: None, sample: Path) -> None:
    function = FUNCTIONS[sample.parent.name]
    module, _, name = function.handler.rpartition(".")

    answer: dict[str, Any] = getattr(importlib.import_module(module), name)(json.loads(sample.read_text()), None)

    if function.kind == "api":
        status = sample.stem.rpartition("_")[2]
        assert answer["statusCode"] == (int(status) if status.isdigit() else 200), answer
    else:
        assert answer == {"files": 0, "objects": 0, "entries": 0, "jobs": 0}


def test_every_function_and_every_route_of_this_area_has_a_sample() -> None:
    routes = (Path(__file__).parents[2] / "contract" / "routes.txt").read_text().splitlines()
    promised = {(words[0], words[1]) for line in routes if (words := line.split())[2] in MINE}
    shown = {tuple(json.loads(path.read_text()).get("routeKey", "").split()) for path in SAMPLES}

    assert {path.parent.name for path in SAMPLES} == set(MINE)
    assert {route for route in promised if not any(_serves(route, key) for key in shown if key)} == set()


def _serves(route: tuple[str, str], sent: tuple[str, ...]) -> bool:
    parts, given = route[1].split("/"), sent[1].split("/")
    matches = [part.startswith("{") or part == one for part, one in zip(parts, given, strict=False)]
    return route[0] == sent[0] and len(parts) == len(given) and all(matches)
