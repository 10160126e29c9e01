"""Two sightings of one person compared: could the same person have been at both?

Risk of impossible travel, a step on Low, Medium, High, Critical:

| start                                             | Medium |
| twice the possible speed or more                  | +1     |
| no more than the country is known of one end      | -1     |
| the same device at both ends (VPN, stale address) | -1     |

A logon flagged by its source (details.geo_anomaly) is an anomaly by itself: High, and Critical when the travel was
impossible as well. Gates suppress the measured case only; nobody overrules the source.
"""

from dataclasses import replace
from typing import get_args

from shared.geography.addresses import Network
from shared.geography.gates import LIMIT_KMH, gates_of, travel_between
from shared.geography.model import Gate, Kind, Risk, Sighting, Travel, TravelAnomaly, Verdict

RISKS: tuple[Risk, ...] = get_args(Risk)
MEDIUM = RISKS.index("Medium")
FLAGGED = RISKS.index("High")


def judge(earlier: Sighting | None, later: Sighting, egress: tuple[Network, ...] = ()) -> Verdict:
    """The anomaly of the later sighting, and each gate's answer. Either order of arguments gives one verdict.

    Without an `earlier` one only the source's own flag counts. Sightings of two people say nothing: ValueError.
    """
    if earlier is None:
        return Verdict(_flagged_anomaly(later), ())
    if earlier.subject_id != later.subject_id:
        raise ValueError("sightings of two subjects cannot be compared")
    first, second = sorted((earlier, later), key=lambda sighting: sighting.order)
    gates = gates_of(first, second, egress)
    if any(gate.closed for gate in gates):
        flagged = _flagged_anomaly(second)
        travel = travel_between(first, second)
        return Verdict(replace(flagged, earlier=first, travel=travel, gates=gates) if flagged else None, gates)
    return Verdict(_impossible(first, second, gates), gates)


def travel_anomaly(earlier: Sighting | None, later: Sighting, egress: tuple[Network, ...] = ()) -> TravelAnomaly | None:
    """The anomaly alone; `judge` also says why there is none."""
    return judge(earlier, later, egress).anomaly


def risk_of(travel: Travel, country_level: bool, flagged: bool) -> Risk:
    """The rule of the module's head."""
    step = MEDIUM + (travel.speed_kmh >= 2 * LIMIT_KMH) - country_level - travel.same_device
    if flagged:
        step = max(step, FLAGGED) + 1
    return RISKS[min(max(step, 0), len(RISKS) - 1)]


def _flagged_anomaly(later: Sighting) -> TravelAnomaly | None:
    if not later.flagged:
        return None
    return _anomaly("flagged_by_source", RISKS[FLAGGED], None, later, None, ())


def _impossible(earlier: Sighting, later: Sighting, gates: tuple[Gate, ...]) -> TravelAnomaly:
    travel = travel_between(earlier, later)
    assert travel is not None  # the gate no_place is open
    country_level = any(end.place is not None and end.place.country_level for end in (earlier, later))
    kind: Kind = "both" if later.flagged else "impossible_travel"
    return _anomaly(kind, risk_of(travel, country_level, later.flagged), earlier, later, travel, gates)


def _anomaly(
    kind: Kind, risk: Risk, earlier: Sighting | None, later: Sighting, travel: Travel | None, gates: tuple[Gate, ...]
) -> TravelAnomaly:
    return TravelAnomaly(later.event_id, later.subject_id, kind, risk, earlier, later, travel, gates)
