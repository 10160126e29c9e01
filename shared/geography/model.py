"""Places, sightings of people at places, and travel that cannot have happened. Plain data; distances in km."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from shared.core.clock import from_iso

Source = Literal["location", "coordinates", "address"]
Risk = Literal["Low", "Medium", "High", "Critical"]
Kind = Literal["impossible_travel", "flagged_by_source", "both"]


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere within `accuracy_km` of a point. `country` is ISO 3166-1 alpha-2, "" when nobody said.

    `country_level`: no more than the country (or the state) is known, so the point is only its middle.
    """

    label: str
    latitude: float
    longitude: float
    accuracy_km: float
    country: str
    source: Source
    country_level: bool = False

    @property
    def point(self) -> tuple[float, float]:
        """Latitude and longitude in degrees."""
        return self.latitude, self.longitude


@dataclass(frozen=True, slots=True)
class Sighting:
    """A logon that says where somebody was. `flagged`: the source itself called it odd (details.geo_anomaly)."""

    event_id: str
    subject_id: str
    at: datetime
    place: Place | None = None
    ip_address: str | None = None
    device_id: str | None = None
    flagged: bool = False

    @property
    def order(self) -> tuple[datetime, str]:
        """Time, then id: one order for all arrivals."""
        return self.at, self.event_id

    def to_doc(self) -> dict[str, Any]:
        """JSON-ready; the time keeps its microseconds, or two sightings could change places."""
        return {**asdict(self), "at": self.at.isoformat()}

    @classmethod
    def from_doc(cls, doc: Mapping[str, Any]) -> "Sighting":
        """The inverse of `to_doc`."""
        place = Place(**doc["place"]) if doc["place"] else None
        return cls(**{**doc, "at": from_iso(doc["at"]), "place": place})


@dataclass(frozen=True, slots=True)
class Gate:
    """One reason not to believe in impossible travel. `closed`: it applies here and suppresses the case."""

    name: str
    closed: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Travel:
    """The numbers between two placed sightings. `speed_kmh` is the least that the distances allow."""

    distance_km: float
    minimum_distance_km: float
    accuracy_km: float
    hours: float
    speed_kmh: float
    same_device: bool


@dataclass(frozen=True, slots=True)
class TravelAnomaly:
    """What an analyst sees. One per later event (`anomaly_id` is its id): a late arrival replaces, never doubles."""

    anomaly_id: str
    subject_id: str
    kind: Kind
    risk: Risk
    earlier: Sighting | None
    later: Sighting
    travel: Travel | None
    gates: tuple[Gate, ...]

    @property
    def at(self) -> datetime:
        """When the later sighting happened."""
        return self.later.at

    @property
    def location(self) -> str:
        """The later place as the event wrote it, "Unknown" when a source flagged a logon without one."""
        return self.later.place.label if self.later.place else "Unknown"

    def evidence(self) -> dict[str, Any]:
        """Everything the verdict rests on, JSON-ready."""
        return {
            "kind": self.kind,
            **(asdict(self.travel) if self.travel else {}),
            "earlier": self.earlier.to_doc() if self.earlier else None,
            "later": self.later.to_doc(),
            "gates": [asdict(gate) for gate in self.gates],
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """Two sightings compared: the anomaly, or the closed gates that say why there is none."""

    anomaly: TravelAnomaly | None
    gates: tuple[Gate, ...]

    @property
    def suppressed_by(self) -> tuple[str, ...]:
        """Names of the closed gates."""
        return tuple(gate.name for gate in self.gates if gate.closed)
