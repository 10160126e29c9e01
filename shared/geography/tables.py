"""The tables of cities and regions (made by tools/geography/build.py), read on first use.

A look-up searches the file's text: reading takes 1-2 ms and no index is built, where a dict of 34,000 cities would
cost 60 ms at every cold start for the handful of names that an organisation uses. Answers are cached.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent
REMEMBERED = 4096  # look-ups
STATE = "US-"


@dataclass(frozen=True, slots=True)
class City:
    """A town of 15,000 people or more. `state` only in the USA."""

    country: str
    state: str
    latitude: float
    longitude: float
    people: int


@dataclass(frozen=True, slots=True)
class Region:
    """A country (`IS`) or a state of the USA (`US-TX`): the people's centre and a radius that holds 95 % of them."""

    code: str
    label: str
    latitude: float
    longitude: float
    radius_km: float


def plain(name: str) -> str:
    """`Köln` -> `koln`, `St. John's` -> `st johns`: how both tables spell a name."""
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    kept = "".join(letter if letter.isalnum() else "" if letter in ".'" else " " for letter in folded)
    return " ".join(kept.split())


@lru_cache(maxsize=REMEMBERED)
def city(name: str, country: str = "", state: str = "") -> City | None:
    """The most populous town of a plain name; a main name is preferred to a foreign one."""
    for mark in (f"\n;{name};", f";{name};"):
        for _, code, own_state, lat, lon, people in _rows("cities.txt", mark):
            if country in ("", code) and state in ("", own_state):
                return City(code, own_state, float(lat), float(lon), int(people))
    return None


@lru_cache(maxsize=REMEMBERED)
def country(name: str) -> Region | None:
    """By plain name, three-letter code or everyday name (`usa`, `uk`)."""
    return next((found for found in _regions(f";{name};") if not found.code.startswith(STATE)), None)


@lru_cache(maxsize=REMEMBERED)
def state(name: str) -> Region | None:
    """A state of the USA by plain name or two-letter code."""
    return next((found for found in _regions(f";{name};") if found.code.startswith(STATE)), None)


@lru_cache(maxsize=REMEMBERED)
def country_by_code(code: str) -> Region | None:
    """By ISO 3166-1 alpha-2 in capitals."""
    return next(_regions(f";|{code}|"), None)


def _regions(mark: str) -> Iterator[Region]:
    for _, code, label, lat, lon, radius in _rows("regions.txt", mark):
        yield Region(code, label, float(lat), float(lon), float(radius))


def _rows(table: str, mark: str) -> Iterator[list[str]]:
    """The rows that hold a text, in file order (most people first), split into columns."""
    text = _text(table)
    found = text.find(mark)
    while found >= 0:
        # A mark may begin with the line break before its row.
        start, end = text.rfind("\n", 0, found + 1) + 1, text.find("\n", found + 1)
        yield text[start:end].split("|")
        found = text.find(mark, end)


@cache
def _text(table: str) -> str:
    """A table without its head; each row lies between two line breaks."""
    return "\n;" + (FOLDER / table).read_text("ascii").partition("\n;")[2]
