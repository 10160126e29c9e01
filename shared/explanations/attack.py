"""MITRE ATT&CK v18.1 (Enterprise): names, tactics, mitigations and detection strategies of every current technique.

The file attack.json is made by tools/attack/build.py and carries MITRE's copyright and licence; read on first use.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("attack.json")
SITE = "https://attack.mitre.org"


@dataclass(frozen=True, slots=True)
class Technique:
    """A technique or sub-technique. `name` includes the parent's; `tactics` are as ATT&CK prints them."""

    id: str
    name: str
    tactics: tuple[str, ...]
    mitigations: tuple[str, ...]
    detections: tuple[str, ...]

    @property
    def url(self) -> str:
        return f"{SITE}/techniques/{self.id.replace('.', '/')}"


@dataclass(frozen=True, slots=True)
class Named:
    """A mitigation (M1051) or a detection strategy (DET0080)."""

    id: str
    name: str
    url: str


class Attack:
    """The subset, by id. KeyError for an id that it does not have."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.about: Mapping[str, Any] = document["about"]
        self._techniques: Mapping[str, Any] = document["techniques"]
        self._mitigations: Mapping[str, str] = document["mitigations"]
        self._detections: Mapping[str, str] = document["detections"]
        self._software: Sequence[str] = document["software"]

    @property
    def version(self) -> str:
        """ATT&CK's own version, e.g. 18.1."""
        return str(self.about["attack_version"])

    @property
    def revision(self) -> str:
        """Changes with every change of the content: part of the key of stored explanations."""
        return f"{self.version}-{self.about['content_sha256'][:12]}"

    def technique(self, technique_id: str) -> Technique:
        name, tactics, mitigations, detections = self._techniques[technique_id]
        parent, dot, _ = technique_id.partition(".")
        full = f"{self._techniques[parent][0]}: {name}" if dot else name
        return Technique(
            technique_id, full, tuple(tactic_name(key) for key in tactics), tuple(mitigations), tuple(detections)
        )

    def mitigation(self, mitigation_id: str) -> Named:
        return Named(mitigation_id, self._mitigations[mitigation_id], f"{SITE}/mitigations/{mitigation_id}")

    def detection(self, detection_id: str) -> Named:
        return Named(detection_id, self._detections[detection_id], f"{SITE}/detectionstrategies/{detection_id}")

    def names(self) -> frozenset[str]:
        """What techniques and software are called, without their parents' names."""
        return frozenset((*(row[0] for row in self._techniques.values()), *self._software))

    def ids(self) -> frozenset[str]:
        """Every id there is."""
        return frozenset((*self._techniques, *self._mitigations, *self._detections))


def tactic_name(key: str) -> str:
    """`command-and-control` -> `Command and Control`."""
    return " ".join(word if word == "and" else word.capitalize() for word in key.split("-"))


@cache
def attack() -> Attack:
    """The subset of this process."""
    return Attack(json.loads(FILE.read_text("utf-8")))
