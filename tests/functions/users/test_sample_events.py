"""The sample events of this function, with a token put where they name one: the answers that their names promise."""

import json
from pathlib import Path

import pytest

from functions.users.app import handler
from tests.builders.directory import ADMIN

SAMPLES = sorted((Path(__file__).parents[3] / "events" / "users").glob("*.json"))


@pytest.mark.usefixtures("pool")
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_event_is_answered(sample: Path) -> None:
    event = json.loads(sample.read_text())
    if "authorization" in event["headers"]:
        event["headers"] |= ADMIN

    answer = handler(event, None)

    assert answer["statusCode"] == int(sample.stem[-3:]), answer["body"]


def test_there_are_samples() -> None:
    assert len(SAMPLES) >= 8
