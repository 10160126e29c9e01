"""How the detector is judged: every organisation is scored by models that never saw it, and by time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from functions.train_model.insiders.ensemble import Held, fit_members, read_members
from functions.train_model.insiders.members import MEMBERS
from functions.train_model.insiders.rows import Rows, join, take

Weight = NDArray[np.float64]
PARTIAL_WEIGHT = 0.5  # a half-finished day is the same evidence twice
VARIANT_WEIGHT = 0.5  # so is the same day with fields removed
LATE_SHARE = 0.6  # by time: the first 60 % of the days train


@dataclass(slots=True)
class Study:
    """Held-out results: `folds` one per organisation and variant, full telemetry first."""

    folds: dict[tuple[str, str], Held] = field(default_factory=dict)
    partial: list[Held] = field(default_factory=list)
    gains: list[NDArray[np.float64]] = field(default_factory=list)

    def pooled(self, variant: str = "full") -> Held:
        return _pool([fold for (_, name), fold in self.folds.items() if name == variant])

    def within_days(self) -> Held:
        """Scores at moments within days: what is asked while a day goes on."""
        return _pool(self.partial)


def _pool(held: Sequence[Held]) -> Held:
    outputs = {name: np.concatenate([one.outputs[name] for one in held]) for name in MEMBERS}
    return Held(join(one.rows for one in held), outputs)


def training_set(variants: Mapping[str, Sequence[Rows]]) -> tuple[Rows, Weight]:
    """Rows of several companies and variants, with a weight each."""
    parts, weights = [], []
    for variant, companies in variants.items():
        for rows in companies:
            parts.append(rows)
            base = 1.0 if variant == "full" else VARIANT_WEIGHT
            weights.append(np.where(rows.partial, PARTIAL_WEIGHT, 1.0) * base)
    return join(parts), np.concatenate(weights)


def leave_one_out(data: Mapping[str, Mapping[str, Rows]], training: Sequence[str]) -> Study:
    """`data[variant][company]`. Full-day rows are judged; half-finished days are kept apart."""
    study = Study()
    companies = sorted(data["full"])
    for left in companies:
        rest = {variant: [data[variant][name] for name in companies if name != left] for variant in training}
        models = fit_members(*training_set(rest))
        study.gains.append(models["xgboost"].feature_importances_.astype(np.float64))
        for variant, held in data.items():
            whole = take(held[left], ~held[left].partial)
            study.folds[left, variant] = Held(whole, read_members(models, whole))
        half = take(data["full"][left], data["full"][left].partial)
        study.partial.append(Held(half, read_members(models, half)))
    return study


def by_time(data: Mapping[str, Mapping[str, Rows]], training: Sequence[str]) -> Held:
    """Early days train, later days are scored; incidents that began early are not scored."""
    full = join(data["full"].values())
    split = int(np.quantile(full.day, LATE_SHARE))
    early = {variant: [take(rows, rows.day < split) for rows in data[variant].values()] for variant in training}
    begun = np.unique(full.incident[(full.day < split) & (full.incident != "")])
    late = take(full, (full.day >= split) & ~full.partial & ~np.isin(full.incident, begun))
    return Held(late, read_members(fit_members(*training_set(early)), late))
