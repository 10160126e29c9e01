"""Trains and judges the insider-threat detector, and publishes it.

python -m functions.train_model.insiders --data ../shared/data/insider/train --out layers/models/insiders
"""

import argparse
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import IsolationForest, RandomForestClassifier
from xgboost import XGBClassifier

from functions.train_model.insiders.cache import cached_rows
from functions.train_model.insiders.data import data_hash, load_company
from functions.train_model.insiders.document import write_document
from functions.train_model.insiders.edits import VARIANTS
from functions.train_model.insiders.ensemble import (
    ALARM_SHARE,
    calibration_points,
    choose_weights,
    evidence_lines,
    its_of,
)
from functions.train_model.insiders.metrics import product, ranking, scenario_recall
from functions.train_model.insiders.protocol import Study, by_time, leave_one_out
from functions.train_model.insiders.publish import publish
from functions.train_model.insiders.report import (
    accumulated,
    importances,
    member_table,
    reliability,
    rule_rates,
    summary,
)
from functions.train_model.insiders.rows import Rows, join, take
from shared.behaviour.columns import FEATURE_VERSION
from shared.behaviour.features import FEATURE_HASH
from shared.threats.calibration import mix

COMPANIES = "ABCD"
TRAINING = ("full", "made", "made, no sizes", "made, no files", "migrated")
JUDGED = ("full", "made", "made, no sizes", "made, no files")  # what the weights are chosen on
PROTOCOL = (
    "Four synthetic organisations. Leave one out: the members are fitted on three, the fourth is scored. By time: the\n"
    "first 60 % of the days train, incidents that began in them are not scored. Rows are never split at random.\n"
    "Streaming: the baseline of a day comes from earlier days, the first 21 days are warm-up. Unit: account and UTC\n"
    "day, score at the end of the day. The mapping to ITS and the members' weights are chosen on the pooled held-out\n"
    "scores, so the product rows of the leave-one-out tests are slightly optimistic."
)


def main() -> None:
    options = _options()
    companies = [load_company(options.data, name) for name in COMPANIES]
    loaded = {v: {one.name: cached_rows(one, v, options.cache) for one in companies} for v in VARIANTS}
    data = {variant: {name: rows for name, (rows, _) in held.items()} for variant, held in loaded.items()}
    study = leave_one_out(data, TRAINING)
    about = _about(data, study, {k: v for one in companies for k, v in one.labels.scenario_of.items()})
    about |= {"data_hash": data_hash(options.data), "created": options.created}
    manifest = publish(data, TRAINING, [base for _, base in loaded["full"].values()], options.out, about)
    options.document.write_text(write_document(manifest))
    print(options.document.read_text())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path(".cache/insiders"))
    parser.add_argument("--document", type=Path, default=Path("docs/models/insiders.md"))
    parser.add_argument("--created", default=date.today().isoformat(), help="stamped into the manifest")
    return parser.parse_args()


def _about(data: dict[str, dict[str, Rows]], study: Study, scenario_of: dict[str, str]) -> dict[str, Any]:
    """Everything a manifest says beside its files."""
    pooled = study.pooled()
    entries = evidence_lines(pooled)
    weights, worth = choose_weights(entries, [study.pooled(variant) for variant in JUDGED])
    mixed = mix(entries, weights, pooled.outputs)
    points = calibration_points(pooled.rows, mixed)
    tests: dict[str, Any] = {"seed 004: 18 features, 50/30/20": {"ranking": _seed_row(data["full"])}}
    for variant in data:
        held = study.pooled(variant)
        tests[f"leave one out, {variant}"] = summary(held, mix(entries, weights, held.outputs), points)
    late = by_time(data, TRAINING)
    tests["by time"] = summary(late, mix(entries, weights, late.outputs), points)
    its = its_of(points, mixed, pooled.rows.floors)
    risks = accumulated(pooled.rows, its)
    tests["leave one out, full, accumulated risk"] = {
        "ranking": ranking(pooled.rows, risks),
        "product": product(pooled.rows, risks),
    }
    half = study.within_days()
    tests["leave one out, full, at moments within days"] = summary(half, mix(entries, weights, half.outputs), points)
    metrics = {
        "tests": tests,
        "scenarios@1%": scenario_recall(pooled.rows, mixed, scenario_of),
        "reliability": reliability(pooled.rows, its),
        "members": member_table(pooled, entries, weights),
        "rules": rule_rates(pooled.rows),
        "feature_importance": importances(np.mean(study.gains, axis=0)),
        "ensemble_accuracy": round(float(((its >= 60) == (pooled.rows.y == 1)).mean()), 4),
        "false_positive_rate": tests["leave one out, full"]["product"]["false_positive_rate"],
    }
    return {
        "name": "insiders",
        "feature_version": FEATURE_VERSION,
        "feature_hash": FEATURE_HASH,
        "protocol": PROTOCOL,
        "metrics": metrics,
        "weights": weights,
        "weights_derivation": _derivation(worth),
        "members": entries,
        "calibration": points,
        "threshold": 60.0,
        "threshold_choice": f"ITS 60 is reached by {100 * ALARM_SHARE:g} % of held-out harmless account-days",
        "notes": {"limits": LIMITS},
    }


def _derivation(worth: float) -> str:
    return (
        "Whole percents in steps of 5, at least 5 each, with the best mean of average precision and incident recall\n"
        f"at 1 % of harmless days over held-out organisations, as recorded and with fields removed ({worth:.3f})."
    )


LIMITS = """## Tests by name

- `full`: as recorded. `made`: with made-up incidents in harmless people's days (`inject.py` of the training code).
- `no sizes`: no optional field but `destination`. `no files`: logons and e-mail only.
- `migrated`: from the tenth week on every share has another root and everybody a new laptop.
- `accumulated risk`: what the product answers, the day's score with what earlier days left (shared/threats/risk.py).
- `at moments within days`: scores asked for after a random event instead of at the day's end.

## Limits

- The organisations are synthetic; about 19 % of their people are insiders, far above real life. Read the last column
  of the reliability table.
- All variants of the held-out organisation are unseen, but the members have seen the same kinds of change (fields
  removed, migration, made-up incidents) in the other three.
- A person's first days have no habit of their own: peers stand in, first-seen evidence counts little.
- A large clean-up of one's own files looks like sabotage; only the names or the hour can tell them apart."""


def _seed_row(full: dict[str, Rows]) -> dict[str, float]:
    """The seed's features and fixed weights, leave one organisation out."""
    judged, scores = [], []
    for left in full:
        rest = join(take(rows, ~rows.partial) for name, rows in full.items() if name != left)
        test = take(full[left], ~full[left].partial)
        judged.append(test)
        scores.append(_seed_scores(rest, test))
    return ranking(join(judged), np.concatenate(scores))


def _seed_scores(train: Rows, test: Rows) -> np.ndarray[Any, np.dtype[np.float64]]:
    boosted = XGBClassifier(n_estimators=200, max_depth=4, n_jobs=1, random_state=1).fit(train.seed, train.y)
    forest = RandomForestClassifier(100, max_depth=10, n_jobs=1, random_state=1).fit(train.seed, train.y)
    isolation = IsolationForest(n_jobs=1, random_state=1).fit(train.seed)
    isolated = np.clip(-isolation.score_samples(test.seed) + 0.5 - 0.5, 0, 1)
    chances = 0.5 * boosted.predict_proba(test.seed)[:, 1] + 0.3 * forest.predict_proba(test.seed)[:, 1]
    mixed: np.ndarray[Any, np.dtype[np.float64]] = chances + 0.2 * isolated
    return mixed


if __name__ == "__main__":
    main()
