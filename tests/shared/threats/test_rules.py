"""Rules fire on what they describe, and only beyond the person's own record."""

from collections.abc import Mapping

from shared.behaviour.columns import NAMES
from shared.behaviour.quantities import COUNTERS
from shared.threats.rules import Facts, findings


def facts(counts: Mapping[str, float], most: Mapping[str, float] | None = None, surprise: float = 3.5) -> Facts:
    most = most or {}
    unusual = [0.0 if name == "off_delete" else surprise for name in NAMES]
    return Facts([counts.get(name, 0) for name in COUNTERS], [most.get(name, 0) for name in NAMES], unusual)


def floor(found: Facts) -> float:
    return max((one.floor for one in findings(found)), default=0.0)


def test_a_burst_of_flagged_night_logons_is_an_alarm() -> None:
    assert floor(facts({"odd_night_events": 8, "geo_anomalies": 8})) >= 60
    assert floor(facts({"odd_night_events": 2})) == 0
    assert floor(facts({"odd_night_events": 8}, {"geo_anomalies": 5})) == 0


def test_deleting_files_that_matter_is_an_alarm_and_a_clean_up_is_not() -> None:
    deleted = {"deletes": 10, "files": 10}

    assert floor(facts({**deleted, "vital_deletes": 10})) >= 60
    assert 40 <= floor(facts({"deletes": 60, "files": 70})) < 60
    assert floor(facts({**deleted, "vital_deletes": 10}, {"deletes": 5})) == 0
    assert floor(facts({**deleted, "vital_deletes": 10}, surprise=1.0)) == 0


def test_bulk_sensitive_files_and_large_mail_together_are_an_alarm() -> None:
    large = {"sensitive": 5, "sensitive_kb": 800 * 1024, "kb_mailed_out": 360 * 1024}

    assert floor(facts(large)) >= 75
    assert floor(facts({**large, "sensitive": 0})) == 0
    assert floor(facts({**large, "kb_mailed_out": 0})) == 0
    assert floor(facts(large, {"kb_mailed_out": 300 * 1024})) == 0
