"""Reasons not to believe in impossible travel, each by name. Every gate is answered, closed or not, as evidence.

They come from the false positives that users of other products report: VPN and provider addresses (panther 780),
one address placed anew (panther 1734), country-level data taken for cities (BuffaLogs), company egress (cloudapp 515).
"""

from collections.abc import Callable

from shared.geography.addresses import Network, inside, is_unrouted, parse
from shared.geography.measure import distance_km
from shared.geography.model import Gate, Sighting, Travel

LIMIT_KMH = 900.0  # cruising speed of an airliner (Mach 0.85 at 11 km), so door to door it is generous
LEAST_HOURS = 1 / 60  # clocks of two sources differ; also keeps the speed of simultaneous events finite


def travel_between(earlier: Sighting, later: Sighting) -> Travel | None:
    """Distances in km and the least speed in km/h; None when one end has no place."""
    if earlier.place is None or later.place is None:
        return None
    distance = distance_km(earlier.place.point, later.place.point)
    accuracy = earlier.place.accuracy_km + later.place.accuracy_km
    least = max(0.0, distance - accuracy)
    hours = (later.at - earlier.at).total_seconds() / 3600
    same_device = earlier.device_id is not None and earlier.device_id == later.device_id
    speed = least / max(hours, LEAST_HOURS)
    return Travel(
        round(distance, 1), round(least, 1), round(accuracy, 1), round(hours, 4), round(speed, 1), same_device
    )


def same_address(earlier: Sighting, later: Sighting, travel: Travel) -> Gate:
    """A private address is excluded: 192.168.1.100 exists in every office at once and proves nothing."""
    one, other = parse(earlier.ip_address), parse(later.ip_address)
    closed = one is not None and one == other and not is_unrouted(earlier.ip_address)
    return Gate("same_address", closed, "both logons came from one public address")


def unlocatable_address(earlier: Sighting, later: Sighting, travel: Travel) -> Gate:
    """Only where the address is all that says the place: stated places stand on their own."""
    closed = any(_by_address(end) and is_unrouted(end.ip_address) for end in (earlier, later))
    return Gate("unlocatable_address", closed, "a place rests on a private or shared address")


def same_country(earlier: Sighting, later: Sighting, travel: Travel) -> Gate:
    """A middle of a country and a town of it are no two places."""
    codes = {end.place.country for end in (earlier, later) if end.place}
    closed = _country_level(earlier, later) and len(codes) == 1 and "" not in codes
    return Gate("same_country", closed, "one country, and no more than the country is known of one end")


def within_accuracy(earlier: Sighting, later: Sighting, travel: Travel) -> Gate:
    """Both circles touch: it may be one place."""
    reason = f"{travel.distance_km:.0f} km apart, places known to {travel.accuracy_km:.0f} km"
    return Gate("within_accuracy", travel.minimum_distance_km <= 0.0, reason)


def same_device_by_country(earlier: Sighting, later: Sighting, travel: Travel) -> Gate:
    """One machine seen in two countries is a VPN or a stale registry entry far more often than theft."""
    closed = travel.same_device and _country_level(earlier, later)
    return Gate("same_device_by_country", closed, "one device, and no more than the country is known of one end")


def possible_speed(earlier: Sighting, later: Sighting, travel: Travel) -> Gate:
    """An airliner could have done it."""
    reason = f"at least {travel.speed_kmh:.0f} km/h, possible up to {LIMIT_KMH:.0f} km/h"
    return Gate("possible_speed", travel.speed_kmh <= LIMIT_KMH, reason)


Check = Callable[[Sighting, Sighting, Travel], Gate]
CHECKS: tuple[Check, ...] = (
    same_address,
    unlocatable_address,
    same_country,
    within_accuracy,
    same_device_by_country,
    possible_speed,
)


def known_egress(earlier: Sighting, later: Sighting, egress: tuple[Network, ...]) -> Gate:
    """VPN and proxy exits of the organisation: the address tells the exit's place, whoever sits behind it."""
    ends = [parse(end.ip_address) for end in (earlier, later) if _by_address(end)]
    closed = any(address is not None and inside(address, egress) for address in ends)
    return Gate("known_egress", closed, "a place rests on the address of a known VPN or proxy exit")


def gates_of(earlier: Sighting, later: Sighting, egress: tuple[Network, ...] = ()) -> tuple[Gate, ...]:
    """All gates, answered in a fixed order; one alone when there is nothing to measure."""
    travel = travel_between(earlier, later)
    if travel is None:
        return (Gate("no_place", True, "one logon says nothing of its place"),)
    return (*(check(earlier, later, travel) for check in CHECKS), known_egress(earlier, later, egress))


def _by_address(end: Sighting) -> bool:
    return end.place is not None and end.place.source == "address"


def _country_level(earlier: Sighting, later: Sighting) -> bool:
    return any(end.place is not None and end.place.country_level for end in (earlier, later))
