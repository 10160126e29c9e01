"""What a model folder says about itself, and the check that its files are the ones it speaks of."""

import json
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

MANIFEST_NAME = "manifest.json"


class ModelRefused(Exception):
    """A model folder does not match its manifest, or the manifest does not match this code."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """`files` maps file name -> sha256; `members` maps a member's name -> its file and how its output is read.

    `calibration` holds (mixed evidence, ITS) points of a rising line. `metrics` carry the protocol they were
    measured by; every figure shown anywhere comes from here.
    """

    name: str
    version: str
    feature_version: str
    feature_hash: str
    data_hash: str
    protocol: str
    metrics: dict[str, Any]
    weights: dict[str, int]
    weights_derivation: str
    members: dict[str, dict[str, Any]]
    calibration: list[list[float]]
    threshold: float
    threshold_choice: str
    files: dict[str, str]
    created: str
    notes: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> "Manifest":
        try:
            return cls(**json.loads((folder / MANIFEST_NAME).read_bytes()))
        except (OSError, ValueError, TypeError) as reason:
            raise ModelRefused(f"no readable {MANIFEST_NAME} in {folder}: {reason}") from reason

    def save(self, folder: Path) -> None:
        text = json.dumps(asdict(self), indent=1, sort_keys=True, ensure_ascii=False)
        (folder / MANIFEST_NAME).write_text(text + "\n")

    def read(self, folder: Path, name: str) -> bytes:
        """The bytes of a listed file, after its hash was checked: what is checked is what is used."""
        if name not in self.files or Path(name).name != name:
            raise ModelRefused(f"{name} is not a file of this model")
        data = (folder / name).read_bytes()
        if sha256(data).hexdigest() != self.files[name]:
            raise ModelRefused(f"{name} in {folder} is not the file that the manifest describes")
        return data

    def require_features(self, feature_hash: str) -> None:
        if self.feature_hash != feature_hash:
            raise ModelRefused(f"model {self.version} wants features {self.feature_hash}, this code has {feature_hash}")
