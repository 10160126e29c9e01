"""What is normal in an organisation, as one bounded file: peers' habits, quantiles of every feature, popularity."""

import base64
import json
import zlib
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.behaviour.columns import FEATURE_VERSION, PLAIN, view_names
from shared.behaviour.organisation import Organisation
from shared.behaviour.series import Matrix

LEVELS = np.array([0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 1.0])
ENDLESS = 3.2  # the surprise of a sample's maximum is log10 of the sample size, at most this
BEYOND = 0.5  # surprise per unit of log(1 + x) above everything ever seen, at most one more
FEATURES = len(view_names())
EVERYBODY = ""


@dataclass(slots=True)
class Baseline:
    """`day` is the first day it may be used for. `peers`: role -> [5, PLAIN]; role "" is everybody.

    `quantiles` [LEVELS, features] over the person-days of the last four weeks, `samples` of them.
    """

    day: date
    organisation: Organisation = field(default_factory=Organisation)
    peers: dict[str, Matrix] = field(default_factory=lambda: {EVERYBODY: np.zeros((5, len(PLAIN)))})
    quantiles: Matrix = field(default_factory=lambda: np.zeros((len(LEVELS), FEATURES)))
    samples: int = 0

    def peers_of(self, role: str) -> Matrix:
        return self.peers.get(role, self.peers[EVERYBODY])

    def surprise(self, raw: Matrix) -> Matrix:
        """How unusual each value is here: -log10(share of person-days at or above it), 0 for the lower half.

        Linear between quantiles; above the largest value it goes on with the distance to it.
        """
        top = min(ENDLESS, float(np.log10(self.samples + 10)))
        marks = np.minimum(-np.log10(np.maximum(1 - LEVELS, 10**-ENDLESS)) - np.log10(2), top)
        place = (raw[:, None, :] > self.quantiles[None]).sum(1)
        below, above = np.maximum(place - 1, 0), np.minimum(place, len(LEVELS) - 1)
        columns = np.arange(raw.shape[1])
        low, high = self.quantiles[below, columns], self.quantiles[above, columns]
        share = np.clip((raw - low) / np.maximum(high - low, 1e-9), 0.0, 1.0)
        inside = marks[below] + share * (marks[above] - marks[below])
        beyond = marks[-1] + np.clip(BEYOND * (raw - self.quantiles[-1]), 0.0, 1.0)
        mapped: Matrix = np.where(place == 0, 0.0, np.where(place == len(LEVELS), beyond, inside))
        return mapped

    def to_bytes(self) -> bytes:
        org = self.organisation
        plain: dict[str, Any] = {
            "v": FEATURE_VERSION,
            "day": self.day.isoformat(),
            "people": org.people,
            "hours": np.round(org.hours, 4).tolist(),
            "resting": org.resting.tolist(),
            "roles": list(org.roles),
            "popularity": [_pack(known) for known in org.popularity],
            "owners": _pack({device: (person, 0) for device, person in org.owners.items()}),
            "peers": {role: _array(values) for role, values in self.peers.items()},
            "quantiles": _array(self.quantiles),
            "samples": self.samples,
        }
        return zlib.compress(json.dumps(plain, separators=(",", ":"), sort_keys=True).encode(), 6)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Baseline":
        plain = json.loads(zlib.decompress(data))
        if plain["v"] != FEATURE_VERSION:
            raise ValueError(f"baseline for features {plain['v']}, this code has {FEATURE_VERSION}")
        organisation = Organisation(
            plain["people"],
            np.array(plain["hours"]),
            np.array(plain["resting"], dtype=np.bool_),
            [_unpack(known) for known in plain["popularity"]],
            {device: person for device, (person, _) in _unpack(plain["owners"]).items()},
            tuple(plain["roles"]),
        )
        peers = {role: _matrix(values, 5) for role, values in plain["peers"].items()}
        return cls(
            date.fromisoformat(plain["day"]),
            organisation,
            peers,
            _matrix(plain["quantiles"], len(LEVELS)),
            plain["samples"],
        )


def _array(values: Matrix) -> str:
    return base64.b85encode(values.astype(np.float32).tobytes()).decode()


def _matrix(data: str, rows: int) -> Matrix:
    held: Matrix = np.frombuffer(base64.b85decode(data), dtype=np.float32).astype(np.float64).reshape(rows, -1)
    return held


def _pack(known: dict[int, tuple[int, int]]) -> str:
    rows: NDArray[np.uint32] = np.array([(key, *known[key]) for key in sorted(known)], dtype=np.uint32)
    return base64.b85encode(rows.reshape(-1, 3).T.tobytes()).decode()


def _unpack(data: str) -> dict[int, tuple[int, int]]:
    keys, first, second = np.frombuffer(base64.b85decode(data), dtype=np.uint32).reshape(3, -1).tolist() or ([], [], [])
    return dict(zip(keys, zip(first, second, strict=True), strict=True))
