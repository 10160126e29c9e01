"""What the detector answers: a score, and why."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Score:
    """`its` 0..100. `members`: each model's own output. `rule`: the rule whose floor decided, if one did."""

    its: float
    members: dict[str, float]
    anomalies: tuple[str, ...]
    rule: str | None
    model_version: str


@dataclass(frozen=True, slots=True)
class Contribution:
    """`points` of ITS; `quantity` is the family's most unusual column, in its own unit (`text` says it in words).

    `own_typical`: median of the person's earlier active days; `peer_typical`: the peers' mean of log(1 + x), undone;
    `percentile`: share of the organisation's person-days below today's value.
    """

    family: str
    label: str
    points: float
    quantity: str
    today: float
    own_typical: float
    peer_typical: float
    percentile: float
    text: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """base + sum of points = its, exactly, to one decimal. `techniques`: anomaly -> MITRE ATT&CK ids."""

    its: float
    base: float
    contributions: tuple[Contribution, ...]
    text: str
    techniques: dict[str, tuple[str, ...]]
