"""Final fit, ONNX files, parity check, prior baseline and manifest: what lands in layers/models/insiders."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from functions.train_model.insiders.ensemble import fit_members
from functions.train_model.insiders.members import MEMBERS
from functions.train_model.insiders.protocol import training_set
from functions.train_model.insiders.rows import Rows
from shared.behaviour.baseline import EVERYBODY, Baseline
from shared.ml.manifest import Manifest
from shared.ml.runtime import OnnxModel
from shared.threats.scoring import PRIOR_FILE

PARITY_ROWS = 2_000
PARITY = 1e-5


def publish(
    data: Mapping[str, Mapping[str, Rows]],
    training: Sequence[str],
    baselines: Sequence[Baseline],
    folder: Path,
    about: dict[str, Any],
) -> Manifest:
    """Fits on everything and writes the folder. Raises when an ONNX file does not repeat its model."""
    folder.mkdir(parents=True, exist_ok=True)
    rows, weight = training_set({variant: list(data[variant].values()) for variant in training})
    models = fit_members(rows, weight)
    files, parity = {}, {}
    for name, member in MEMBERS.items():
        exported = member.export(models[name], rows.x.shape[1])
        parity[name] = _parity(name, models[name], exported, rows)
        files[member.file] = exported
    files[PRIOR_FILE] = prior_baseline(baselines).to_bytes()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    about["metrics"]["onnx_parity"] = parity
    hashes = {name: sha256(content).hexdigest() for name, content in files.items()}
    manifest = Manifest(files=hashes, version=_version(hashes), **about)
    manifest.save(folder)
    return manifest


def _parity(name: str, model: Any, exported: bytes, rows: Rows) -> float:
    """The largest difference between model and file on PARITY_ROWS rows, every positive one included."""
    order = np.argsort(-rows.y.astype(int), kind="stable")[:PARITY_ROWS]
    x = rows.x[order]
    difference = float(np.abs(OnnxModel(exported).run(x) - MEMBERS[name].read(model, x)).max())
    if difference > PARITY:
        raise ValueError(f"{name}: ONNX differs from the model by {difference:.2e}, allowed {PARITY:.0e}")
    return difference


def _version(hashes: Mapping[str, str]) -> str:
    """Follows from the files: the same models have the same version."""
    return "insiders-" + sha256("".join(sorted(hashes.values())).encode()).hexdigest()[:10]


def prior_baseline(baselines: Sequence[Baseline]) -> Baseline:
    """What stands in until an organisation has a baseline: the mean of the training organisations', without names."""
    return Baseline(
        day=min(one.day for one in baselines),
        peers={EVERYBODY: np.mean([one.peers[EVERYBODY] for one in baselines], axis=0)},
        quantiles=np.mean([one.quantiles for one in baselines], axis=0),
        samples=sum(one.samples for one in baselines),
    )
