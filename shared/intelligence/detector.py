"""The detector's card: what its manifest measured. Reads the manifest only, never a model."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from shared.core.settings import settings
from shared.ml.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Member:
    """One model of the ensemble, measured on organisations it was not trained on. `weight` in percent."""

    name: str
    weight: int
    f1: float
    auc: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class DetectorCard:
    """`false_positive_rate` and `ensemble_accuracy` are shares at the alert threshold, on held-out days."""

    members: tuple[Member, ...]
    weights_derivation: str
    protocol: str
    ensemble_accuracy: float
    false_positive_rate: float
    importance: tuple[tuple[str, float], ...]
    version: str

    @property
    def weighted_accuracy(self) -> float:
        """The seed's formula: the mean of the members' accuracies by weight (conflict C18)."""
        return round(sum(member.accuracy * member.weight for member in self.members) / 100, 4)


def card_of(manifest: Manifest) -> DetectorCard:
    """The card of a manifest."""
    metrics = manifest.metrics
    names = Member.__dataclass_fields__
    return DetectorCard(
        tuple(Member(**{name: row[name] for name in names}) for row in metrics["members"]),
        manifest.weights_derivation,
        manifest.protocol,
        metrics["ensemble_accuracy"],
        metrics["false_positive_rate"],
        tuple((row["name"], row["importance"]) for row in metrics["feature_importance"]),
        manifest.version,
    )


@cache
def detector_card(folder: Path | None = None) -> DetectorCard:
    """The card of the deployed detector."""
    return card_of(Manifest.load(folder or settings().models_path / "insiders"))
