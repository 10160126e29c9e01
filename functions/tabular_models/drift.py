"""Bodies about drift."""

from pydantic import BaseModel

from shared.core.clock import iso_seconds
from shared.tabular.drift import DriftReport, Moved, State


class BinOut(BaseModel):
    """A bin, and how many rows fell into it in training and since."""

    bin: str
    training: int
    now: int


class MovedOut(BaseModel):
    """One feature. `chance_psi` is what `psi` stays under in 95 of 100 cases with `n` rows if nothing has changed."""

    feature: str
    state: State
    n: int
    psi: float | None
    chance_psi: float | None
    p: float | None
    significant: bool
    bins: list[BinOut]

    @classmethod
    def of(cls, moved: Moved) -> "MovedOut":
        return cls(
            feature=moved.name,
            state=moved.state,
            n=moved.n,
            psi=None if moved.psi is None else round(moved.psi, 4),
            chance_psi=None if moved.chance_psi is None else round(moved.chance_psi, 4),
            p=moved.p,
            significant=moved.significant,
            bins=[BinOut(bin=label, training=before, now=now) for label, before, now in moved.bins],
        )


class DriftOut(BaseModel):
    """`state` is the worst of the features. `(prediction)` stands for the predicted classes."""

    model_id: str
    state: State
    since: str
    timestamp: str
    rows: int
    errors: int
    features: list[MovedOut]
    not_watched: list[str]

    @classmethod
    def of(cls, report: DriftReport) -> "DriftOut":
        return cls(
            model_id=report.model.model_id,
            state=report.state,
            since=report.since.isoformat(),
            timestamp=iso_seconds(report.at),
            rows=report.rows,
            errors=report.errors,
            features=[MovedOut.of(one) for one in report.features],
            not_watched=list(report.not_watched),
        )
