"""The newest sightings of one person, enough to judge the next one and one that comes late.

A track is a function of the SET of sightings, never of their order: it holds the newest KEPT by time and id.
A late sighting is compared with both neighbours; one older than a full track is not kept.
"""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.geography.addresses import Network
from shared.geography.model import Sighting, TravelAnomaly
from shared.geography.travel import judge

KEPT = 24  # sightings; about 300 bytes each, so that the item stays near 8 kB
VERSION = 1


@dataclass(frozen=True, slots=True)
class Track:
    """`sightings` in order of time and id, oldest first."""

    sightings: tuple[Sighting, ...] = ()

    def insert(self, sighting: Sighting, egress: tuple[Network, ...] = ()) -> tuple["Track", list[TravelAnomaly]]:
        """The track with one more sighting, and what it shows beside its neighbours, oldest first.

        A known event changes nothing. An anomaly carries the id of its later event: when a late arrival gives an event
        a nearer predecessor, its anomaly comes again and replaces the first.
        """
        if any(known.event_id == sighting.event_id for known in self.sightings):
            return self, []
        place = bisect_left(self.sightings, sighting.order, key=lambda known: known.order)
        if place == 0 and len(self.sightings) >= KEPT:
            alone = judge(None, sighting).anomaly  # too late for its neighbours; what its source said still holds
            return self, [alone] if alone else []
        grown = (*self.sightings[:place], sighting, *self.sightings[place:])
        return Track(grown[-KEPT:]), _anomalies(grown, place, egress)

    def to_doc(self) -> dict[str, Any]:
        """JSON-ready."""
        return {"v": VERSION, "sightings": [sighting.to_doc() for sighting in self.sightings]}

    @classmethod
    def from_doc(cls, doc: Mapping[str, Any]) -> "Track":
        """The inverse of `to_doc`."""
        if doc["v"] != VERSION:
            raise ValueError(f"track version {doc['v']}, this code reads {VERSION}")
        return cls(tuple(Sighting.from_doc(row) for row in doc["sightings"]))


def _anomalies(sightings: tuple[Sighting, ...], place: int, egress: tuple[Network, ...]) -> list[TravelAnomaly]:
    """The new sighting after its predecessor, then its successor after it; neighbours without a place are passed."""
    new = sightings[place]
    before = next((known for known in reversed(sightings[:place]) if known.place), None)
    after = next((known for known in sightings[place + 1 :] if known.place), None)
    own = judge(before, new, egress).anomaly
    # A sighting without a place cannot change what its successor showed.
    following = judge(new, after, egress).anomaly if after and new.place else None
    return [anomaly for anomaly in (own, following) if anomaly]
