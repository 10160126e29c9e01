"""Where an activity happened, from what its event says. Never raises: `details` is whatever a client sent."""

import math
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from shared.activities.model import Activity
from shared.geography.addresses import country_code
from shared.geography.model import Place, Sighting
from shared.geography.tables import country_by_code
from shared.geography.wording import CITY_ACCURACY_KM, place_in_words

HALF_EARTH_KM = 20_015.0
ACCURACY_FIELDS = ("accuracy_km", "accuracy_radius")  # the second is MaxMind's name, in km as well


def place_of(details: Mapping[str, Any], ip_address: str | None) -> Place | None:
    """The best place known: coordinates in `details`, its `location` text, else the country of a public address.

    With both, the coordinates say where and the text gives label and country.
    """
    worded = place_in_words(details.get("location"))
    point = _coordinates(details, worded)
    return point or worded or _country_of(ip_address)


def sighting_of(activity: Activity) -> Sighting | None:
    """A logon as a sighting; None for other activities and for a logon that says nothing of a place."""
    if activity.activity_type != "logon":
        return None
    place = place_of(activity.details, activity.ip_address)
    flagged = _is_yes(activity.details.get("geo_anomaly"))
    if place is None and not flagged:
        return None
    return Sighting(
        activity.event_id, activity.subject_id, activity.at, place, activity.ip_address, activity.device_id, flagged
    )


def _is_yes(value: object) -> bool:
    """The same spellings of yes that the detector's features take."""
    return value is True or (isinstance(value, str) and value.lower() in ("true", "yes", "1"))


def _coordinates(details: Mapping[str, Any], worded: Place | None) -> Place | None:
    latitude = _number(details.get("latitude"), 90.0)
    longitude = _number(details.get("longitude"), 180.0)
    # 0, 0 lies in the Atlantic: it is what software writes when it does not know.
    if latitude is None or longitude is None or (latitude == 0.0 and longitude == 0.0):
        return None
    accuracy = next((a for f in ACCURACY_FIELDS if (a := _number(details.get(f), HALF_EARTH_KM)) and a > 0), None)
    point = Place(
        f"{latitude:.2f}, {longitude:.2f}", latitude, longitude, accuracy or CITY_ACCURACY_KM, "", "coordinates"
    )
    return replace(point, label=worded.label, country=worded.country) if worded else point


def _number(value: object, limit: float) -> float | None:
    """A finite number within +-limit. Text is refused: `"52,5"` may mean anything."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    # Compared before it is converted: a huge int has no float, and NaN is in no range.
    if isinstance(value, Decimal) and not value.is_finite():
        return None
    return float(value) if -limit <= value <= limit and not math.isnan(value) else None


def _country_of(ip_address: str | None) -> Place | None:
    code = country_code(ip_address)
    region = country_by_code(code) if code else None
    if region is None:
        return None
    return Place(
        region.label, region.latitude, region.longitude, region.radius_km, region.code, "address", country_level=True
    )
