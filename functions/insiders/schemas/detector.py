"""The body of GET /api/analytics/models: measured figures under the seed's names."""

from pydantic import BaseModel

from shared.activities.repository import Figures
from shared.intelligence.detector import DetectorCard, Member

LOOKS = {
    "XGBoost": ("bg-blue-600", "supervised"),
    "Random Forest": ("bg-green-600", "supervised"),
    "Isolation Forest": ("bg-purple-600", "unsupervised"),
}
BENEFITS = [
    "Reduces overfitting by combining diverse model perspectives",
    "Improves generalization to unseen threats",
    "Lowers false positive rate through consensus voting",
]


class MemberOut(BaseModel):
    name: str
    f1: float
    auc: float
    accuracy: float
    weight: str
    weight_calculation: str
    color: str
    type: str

    @classmethod
    def of(cls, member: Member, derivation: str) -> "MemberOut":
        color, kind = LOOKS.get(member.name, ("bg-gray-600", "supervised"))
        return cls(
            name=member.name,
            f1=member.f1,
            auc=member.auc,
            accuracy=member.accuracy,
            weight=f"{member.weight}%",
            weight_calculation=derivation,
            color=color,
            type=kind,
        )


class EnsembleOut(BaseModel):
    """`overall_accuracy` is the seed's formula (C18); `measured_accuracy` is the ensemble's own on held-out days."""

    overall_accuracy: float
    ensemble_accuracy_percentage: float
    measured_accuracy: float
    explanation: str
    benefits: list[str]
    calculation: str

    @classmethod
    def of(cls, card: DetectorCard) -> "EnsembleOut":
        total = card.weighted_accuracy
        terms = " + ".join(f"({m.name} {m.accuracy} × {m.weight / 100:.2f})" for m in card.members)
        return cls(
            overall_accuracy=total,
            ensemble_accuracy_percentage=round(100 * total, 2),
            measured_accuracy=card.ensemble_accuracy,
            explanation=(
                f"Measured {card.protocol}. Accuracy flatters every detector of rare events: "
                "read auc and false_positive_rate first."
            ),
            benefits=BENEFITS,
            calculation=f"Ensemble Accuracy = {terms} = {total} = {round(100 * total, 2)}%",
        )


class SystemStatsOut(BaseModel):
    """`false_positive_rate` in percent of harmless held-out days; `detection_time_ms` is the mean measured here."""

    activities_processed: int
    false_positive_rate: float
    detection_time_ms: float


class ImportanceOut(BaseModel):
    name: str
    importance: float


class DetectorOut(BaseModel):
    models: list[MemberOut]
    ensemble: EnsembleOut
    system_stats: SystemStatsOut
    feature_importance: list[ImportanceOut]
    model_version: str

    @classmethod
    def of(cls, card: DetectorCard, figures: Figures) -> "DetectorOut":
        mean = figures.scored_ms / figures.scored if figures.scored else 0.0
        return cls(
            models=[MemberOut.of(member, card.weights_derivation) for member in card.members],
            ensemble=EnsembleOut.of(card),
            system_stats=SystemStatsOut(
                activities_processed=figures.activities,
                false_positive_rate=round(100 * card.false_positive_rate, 2),
                detection_time_ms=round(mean, 2),
            ),
            feature_importance=[ImportanceOut(name=name, importance=share) for name, share in card.importance],
            model_version=card.version,
        )
