"""The model card as a page. Everything in it comes from a file that somebody uploaded: all of it is escaped."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from functions.tabular_models.schemas import CardOut

STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;margin:.5rem 0}td,th{border:1px solid #bbb;padding:.2rem .6rem;text-align:left}"
    "h2{margin-top:2rem}code{word-break:break-all}"
)
TITLES = {
    "warnings": "Warnings",
    "metrics": "Measured on rows that training never saw",
    "intervals": "95 % intervals",
    "baselines": "Baselines on the same rows",
    "leaderboard": "Candidates",
    "calibration": "Calibration",
    "threshold": "Threshold",
    "slices": "Slices",
    "leaks": "Leakage checks",
    "split": "Split",
    "parity": "ONNX against the library that trained it",
    "profile": "Training distribution",
    "versions": "Versions",
}
MOST_DEPTH = 6
MOST_ROWS = 200


def page(card: CardOut) -> str:
    """The whole document."""
    model = card.model
    facts = {
        "id": model.id, "type": model.type, "algorithm": model.algorithm, "status": model.status,
        "target": model.training_data.target, "rows": model.training_data.rows,
        "created": model.created_at, "deployed": model.deployed_at or "no",
        "baseline": model.baseline_note, "network sha256": model.sha256,
        "manifest sha256": card.manifest_sha256, "data sha256": card.card.get("data_sha256"),
        "parameters": model.parameters,
    }  # fmt: skip
    parts = "".join(_section(title, card.card.get(name)) for name, title in TITLES.items())
    title = escape(model.name)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{STYLE}</style></head><body><h1>{title}</h1>{_value(facts)}{parts}</body></html>"
    )


def _section(title: str, value: Any) -> str:
    return f"<h2>{escape(title)}</h2>{_value(value)}" if value not in (None, [], {}) else ""


def _value(value: Any, depth: int = 0) -> str:
    """Any JSON value: objects as two columns, lists of objects as a table, the rest as text."""
    if depth > MOST_DEPTH:
        return "..."
    if isinstance(value, Mapping):
        rows = (f"<tr><th>{_text(name)}</th><td>{_value(one, depth + 1)}</td></tr>" for name, one in value.items())
        return f"<table>{''.join(rows)}</table>"
    if isinstance(value, list):
        return _list(value, depth)
    return _text(value)


def _list(values: Sequence[Any], depth: int) -> str:
    shown = values[:MOST_ROWS]
    more = f"<p>and {len(values) - MOST_ROWS} more</p>" if len(values) > MOST_ROWS else ""
    if shown and all(isinstance(one, Mapping) for one in shown):
        names = list(dict.fromkeys(name for one in shown for name in one))
        head = "".join(f"<th>{_text(name)}</th>" for name in names)
        body = "".join(
            f"<tr>{''.join(f'<td>{_value(one.get(name), depth + 1)}</td>' for name in names)}</tr>" for one in shown
        )
        return f"<table><tr>{head}</tr>{body}</table>{more}"
    return ", ".join(_value(one, depth + 1) for one in shown) + more


def _text(value: Any) -> str:
    if value is None:
        return "-"
    return escape(f"{value:.4g}" if isinstance(value, float) else str(value))
