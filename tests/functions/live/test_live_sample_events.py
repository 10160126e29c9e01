"""Every sample event of the live, health and docs functions, replayed through the handler that the catalogue names."""

import importlib
import json
from pathlib import Path
from typing import Any

import pytest

from shared.catalogue import FUNCTIONS
from shared.core.settings import settings
from tests.builders.sockets import Gateway

EVENTS = Path(__file__).parents[3] / "events"
MINE = ("docs", "health", "live", "live_fanout", "sockets", "ticker")
SAMPLES = [path for name in MINE for path in sorted((EVENTS / name).glob("*.json"))]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_sample_event_is_answered(
    gateway: Gateway, sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "openapi.json").write_text("{}")
    monkeypatch.setenv("VEDETTE_OPENAPI_PATH", str(tmp_path / "openapi.json"))
    settings.cache_clear()
    function = FUNCTIONS[sample.parent.name]
    module, _, name = function.handler.rpartition(".")

    answer: dict[str, Any] = getattr(importlib.import_module(module), name)(json.loads(sample.read_text()), None)

    if function.kind != "worker":
        assert answer["statusCode"] == 200
    elif function.name == "live_fanout":
        assert len(answer["batchItemFailures"]) == (1 if "poison" in sample.name else 0)
    else:
        assert answer == {"ticks": 0}


def test_every_function_of_this_area_has_a_sample() -> None:
    assert {path.parent.name for path in SAMPLES} == set(MINE)
