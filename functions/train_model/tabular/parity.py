"""Does the exported network say what the trained model said? Checked before anybody may use it."""

import importlib
from typing import Any

import numpy as np

from functions.train_model.tabular.calibration import Calibration
from functions.train_model.tabular.errors import TrainingRefused
from functions.train_model.tabular.fitted import Fitted, Matrix
from functions.train_model.tabular.judging import Numbers

FEWEST_ROWS, MOST_ROWS = 500, 5_000
MOST_DIFFERENCE, MOST_RELATIVE = 1e-5, 1e-4


def run_network(network: bytes, matrix: Matrix) -> Numbers:
    """What the network says: [rows, classes] probabilities or [rows] numbers. One thread, as in serving."""
    onnxruntime = importlib.import_module("onnxruntime")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
    (told,) = session.run(None, {session.get_inputs()[0].name: matrix})
    numbers = np.asarray(told, dtype=np.float64)
    return numbers[:, 0] if session.get_outputs()[0].name == "value" else numbers


def reference(fitted: Fitted, calibration: Calibration | None, matrix: Matrix) -> Numbers:
    """What the network ought to say."""
    told = fitted.predict(matrix)
    return calibration.apply(told) if calibration else told


def check_parity(
    network: bytes, fitted: Fitted, calibration: Calibration | None, matrix: Matrix, seed: int
) -> dict[str, Any]:
    """Rows and the largest difference, for the manifest. TrainingRefused if the network is another model."""
    rows = _rows(matrix, seed)
    aim, told = reference(fitted, calibration, rows), run_network(network, rows)
    if fitted.classes:
        difference, most = float(np.abs(told - aim).max()), MOST_DIFFERENCE
        same = not _decisions_differ(aim, told)
    else:
        size = np.maximum(np.abs(aim), fitted.scale)
        difference, most, same = float((np.abs(told - aim) / size).max()), MOST_RELATIVE, True
    if not (difference <= most and same):
        raise TrainingRefused(f"the exported network differs from the trained model by {difference:.2g}")
    return {"rows": len(rows), "max_difference": difference}


def _rows(matrix: Matrix, seed: int) -> Matrix:
    """Rows of the table; where there are few, mixed ones beside them, to reach other leaves too."""
    generator = np.random.default_rng([seed, 4])
    if len(matrix) >= FEWEST_ROWS:
        return matrix[:MOST_ROWS]
    picked = generator.integers(0, len(matrix), (FEWEST_ROWS, matrix.shape[1]))
    mixed = matrix[picked, np.arange(matrix.shape[1])[None, :]]
    return np.concatenate([matrix, mixed])


def _decisions_differ(aim: Numbers, told: Numbers) -> bool:
    """Whether another class is told somewhere, except where the best two were as good as equal."""
    best = np.sort(aim, axis=1)
    clear = best[:, -1] - best[:, -2] > 2 * MOST_DIFFERENCE
    return bool((aim.argmax(axis=1) != told.argmax(axis=1))[clear].any())
