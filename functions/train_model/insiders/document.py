"""docs/models/insiders.md, written from the manifest: the page and the figures cannot drift apart."""

from collections.abc import Iterable, Mapping
from typing import Any

from shared.ml.manifest import Manifest
from shared.threats.rules import RULES

RANKING = ("auc", "ap", "day_recall@1%", "incident_recall@1%", "day_recall@0.1%", "incident_recall@0.1%")
PRODUCT = (
    "alerts_per_100_people_per_day",
    "precision",
    "day_recall",
    "incident_recall",
    "false_positive_rate",
    "median_days_to_detect",
)


def write_document(manifest: Manifest) -> str:
    parts = [
        _opening(manifest),
        _protocol(manifest),
        _results(manifest.metrics),
        _product(manifest.metrics),
        _scenarios(manifest.metrics),
        _reliability(manifest.metrics),
        _weights(manifest),
        _rules(manifest.metrics),
        _importances(manifest.metrics),
        manifest.notes["limits"],
    ]
    return "\n\n".join(parts) + "\n"


def _opening(manifest: Manifest) -> str:
    return (
        "# Insider-threat detector\n\n"
        "Written by `python -m functions.train_model.insiders`; do not edit by hand.\n\n"
        f"Version `{manifest.version}`, features {manifest.feature_version} (`{manifest.feature_hash}`), "
        f"training data sha256 `{manifest.data_hash[:16]}`, made {manifest.created}.\n\n"
        "One row per account and UTC day. Each feature is a quantity of the day, the week or three weeks, plain,\n"
        "against the person's own habit and against peers, expressed as its surprise in this organisation\n"
        "(-log10 of the share of person-days at or above it). Three members score the row; their outputs become\n"
        "evidence (how rare such an output is among harmless days), are weighed, and mapped to an ITS of 0 to 100."
    )


def _protocol(manifest: Manifest) -> str:
    return f"## Protocol\n\n{manifest.protocol}"


def _results(metrics: Mapping[str, Any]) -> str:
    rows = [(name, *(figures["ranking"][key] for key in RANKING)) for name, figures in metrics["tests"].items()]
    return "## Ranking\n\n" + _table(("test", *RANKING), rows)


def _product(metrics: Mapping[str, Any]) -> str:
    rows = [
        (name, *(figures["product"][key] for key in PRODUCT))
        for name, figures in metrics["tests"].items()
        if "product" in figures
    ]
    return "## Product view: ITS of 60 and above\n\n" + _table(("test", *PRODUCT), rows)


def _reliability(metrics: Mapping[str, Any]) -> str:
    rows = [tuple(row.values()) for row in metrics["reliability"]]
    title = ("ITS", "days", "malicious", "precision (held out)", "precision if 1 day in 1,000 is malicious")
    return "## What a score means\n\nHeld-out organisations, pooled.\n\n" + _table(title, rows)


def _scenarios(metrics: Mapping[str, Any]) -> str:
    title = "## Incidents found per scenario\n\nHeld-out organisations, at 1 % of harmless days flagged.\n\n"
    return title + _table(("scenario", "found"), metrics["scenarios@1%"].items())


def _weights(manifest: Manifest) -> str:
    title = ("member", "weight %", "auc", "f1", "accuracy", "average precision")
    rows = [
        (m["name"], m["weight"], m["auc"], m["f1"], m["accuracy"], m["average_precision"])
        for m in manifest.metrics["members"]
    ]
    return f"## Members and weights\n\n{manifest.weights_derivation}\n\n" + _table(title, rows)


def _rules(metrics: Mapping[str, Any]) -> str:
    rates = metrics["rules"]
    rows = [
        (rule.name, rule.meaning, f"{rates[rule.name]['harmless_days']} of {rates[rule.name]['of']}") for rule in RULES
    ]
    return "## Rules (floors)\n\n" + _table(("rule", "fires when", "harmless training days"), rows)


def _importances(metrics: Mapping[str, Any]) -> str:
    rows = [(row["name"], row["importance"]) for row in metrics["feature_importance"]]
    return "## Feature families\n\nShare of the boosted trees' gain.\n\n" + _table(("family", "importance"), rows)


def _table(title: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    lines = ["| " + " | ".join(title) + " |"]
    lines.append("|" + "---|" * (lines[0].count("|") - 1))
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows])
