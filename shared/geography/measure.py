"""Distances on the earth and time in words. Standard library only."""

import math
from datetime import datetime

EARTH_RADIUS_KM = 6371.0088  # mean radius R1 of WGS 84 (IUGG)
Point = tuple[float, float]  # latitude, longitude in degrees
STEPS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))  # seconds, word


def distance_km(one: Point, other: Point) -> float:
    """Great-circle distance in km (haversine; on a sphere, at most 0.6 % off the ellipsoid)."""
    lat_one, lat_other = math.radians(one[0]), math.radians(other[0])
    half_lat = (lat_other - lat_one) / 2
    half_lon = math.radians(other[1] - one[1]) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(lat_one) * math.cos(lat_other) * math.sin(half_lon) ** 2
    # Rounding lifts the chord of antipodes a hair above 1, where asin has no value.
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, chord)))


def ago(moment: datetime, now: datetime) -> str:
    """`2 hours ago`, `3 days ago`: whole units, rounded down; under a minute or in the future `just now`."""
    seconds = (now - moment).total_seconds()
    for size, word in STEPS:
        count = int(seconds // size)
        if count >= 1:
            return f"{count} {word}{'s' if count > 1 else ''} ago"
    return "just now"
