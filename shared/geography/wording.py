"""Free text such as `New York, USA`, `Austin, TX` or `Reykjavik x1f, Iceland` as a place."""

from shared.geography.model import Place
from shared.geography.tables import City, Region, city, country, country_by_code, plain, state

LONGEST = 200  # characters that are read; labels keep 80
LABEL = 80
WORDS = 4  # of a name, as in Saint-Jean-sur-Richelieu; bounds the look-ups that a hostile text can cause
PARTS = 3  # between commas
CITY_ACCURACY_KM = 50.0  # how far from its middle people say they are "in" a large city
# A name without a country must belong to a city that people mean without saying its country.
ALONE_FROM = 200_000
# Words for a kind of place that are also names of towns (Mobile, Alabama) or of nothing.
NO_PLACE = frozenset("office home travel mobile remote vpn hotel branch hq headquarters site field train plant".split())


def place_in_words(text: object) -> Place | None:
    """The place a text names, None when it names none (`Office`, a list, a number)."""
    if not isinstance(text, str):
        return None
    text = text[:LONGEST]
    parts = [_name(part) for part in text.split(",")]
    parts = [part for part in parts if part][:PARTS]
    if not parts or (len(parts) == 1 and parts[0].split()[0] in NO_PLACE):
        return None
    label = " ".join("".join(c if c.isprintable() else " " for c in text).split())[:LABEL]
    return _alone(parts[0], label) if len(parts) == 1 else _within(parts, label)


def _name(part: str) -> str:
    """The plain name without words that hold a digit (a desk, a run, a building)."""
    words = [word for word in plain(part).split() if not any(letter.isdigit() for letter in word)]
    return " ".join(words[:WORDS])


def _alone(name: str, label: str) -> Place | None:
    """`Iceland`, `London`, `Paris office`."""
    if len(name) <= 2:
        return None  # a room (IT) as often as a country
    if region := country(name):
        return _region_place(region, label)
    found = _shortened(name, "", "")
    if found and found.people >= ALONE_FROM:
        return _city_place(found, label)
    own_state = state(name)  # after the towns: New York is first of all a city
    return _region_place(own_state, label) if own_state else None


def _within(parts: list[str], label: str) -> Place | None:
    """City first, country or state of the USA last, perhaps a state between."""
    last = parts[-1]
    own_state = state(last)
    if own_state and (found := _first_city(parts[:-1], "US", own_state.code[3:])):
        return _city_place(found, label)
    region = country(last) or (country_by_code(last.upper()) if len(last) == 2 else None)
    if region is None:
        return _region_place(own_state, label) if own_state else _alone(parts[0], label)
    between = state(parts[-2]) if region.code == "US" else None
    found = _first_city(parts[:-1], region.code, between.code[3:] if between else "")
    return _city_place(found, label) if found else _region_place(between or region, label)


def _first_city(names: list[str], country_code: str, state_code: str) -> City | None:
    """The first part that is a town there (`Building B, Berlin, Germany`)."""
    return next((found for name in names if (found := _shortened(name, country_code, state_code))), None)


def _shortened(name: str, country_code: str, state_code: str) -> City | None:
    """The name, else without its last words: `london office` -> `london`."""
    words = name.split()
    for count in range(len(words), 0, -1):
        if found := city(" ".join(words[:count]), country_code, state_code):
            return found
    return None


def _city_place(found: City, label: str) -> Place:
    return Place(label, found.latitude, found.longitude, CITY_ACCURACY_KM, found.country, "location")


def _region_place(region: Region, label: str) -> Place:
    code = region.code[:2]
    return Place(label, region.latitude, region.longitude, region.radius_km, code, "location", country_level=True)
