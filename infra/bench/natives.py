"""Section 3's opponents: the ensemble's members fitted anew by the training code, each with its own ONNX export.

The shipped models exist as ONNX only. What is compared is therefore one model in two runtimes, as large as the shipped.
"""

import importlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.behaviour.columns import feature_names
from shared.ml.runtime import OnnxModel

SEED, SAMPLES, POSITIVE = 11, 7300, 0.3
PRESENT = 0.3  # share of features that are not ordinary: evidence is mostly zeros
Rows = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Opponents:
    """One model in both runtimes. `nodes` is its size."""

    name: str
    onnx: OnnxModel
    native: Any
    read: Any
    nodes: int

    def difference(self, rows: Rows) -> float:
        """The largest difference between their answers."""
        return float(np.abs(self.onnx.run(rows) - self.read(self.native, rows)).max())


def opponents() -> list[Opponents]:
    """Every member of the ensemble."""
    # Imported by name: the libraries that build models belong to functions.train_model, and to nobody who imports it.
    members = importlib.import_module("functions.train_model.insiders.members").MEMBERS
    x, y = random_evidence(SAMPLES), _labels()
    return [_opponents(name, member, x, y) for name, member in members.items()]


def random_evidence(count: int) -> Rows:
    """Rows as the detector sees them: as wide, mostly zeros."""
    random = np.random.default_rng(SEED)
    shape = (count, len(feature_names()))
    rows: Rows = np.where(random.random(shape) < PRESENT, random.exponential(1.0, shape), 0.0).astype(np.float32)
    return rows


def nodes_of(data: bytes) -> int:
    """How many nodes the trees of an ONNX model have."""
    graph = importlib.import_module("onnx").load_from_string(data).graph
    return sum(len(field.ints) for node in graph.node for field in node.attribute if field.name == "nodes_treeids")


def _labels() -> NDArray[np.int8]:
    labels: NDArray[np.int8] = (np.random.default_rng(SEED + 1).random(SAMPLES) < POSITIVE).astype(np.int8)
    return labels


def _opponents(name: str, member: Any, x: Rows, y: NDArray[np.int8]) -> Opponents:
    native = member.fit(x, y, np.ones(len(x)))
    data = member.export(native, x.shape[1])
    return Opponents(name, OnnxModel(data), native, member.read, nodes_of(data))
