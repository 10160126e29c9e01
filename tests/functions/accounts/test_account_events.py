"""The sample events of quota accounts, as `make invoke` sends them."""

import json
from pathlib import Path
from typing import Any

import pytest

from functions.accounts.app import handler
from tests.functions.accounts.builders import add_accounts

EVENTS = Path(__file__).parents[3] / "events" / "accounts"
ANSWERS = {
    "get_profile": 200,
    "check_quota": 200,
    "increment_quota": 200,
    "invalid_resource_400": 400,
    "unknown_account_404": 404,
    "get_metrics": 200,
    "get_metrics_403": 403,
    "set_plan": 200,
}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_sample_event_is_answered(tables: Any, name: str) -> None:
    add_accounts()

    answer = handler(json.loads((EVENTS / f"{name}.json").read_text()), None)

    assert answer["statusCode"] == ANSWERS[name], answer["body"]
