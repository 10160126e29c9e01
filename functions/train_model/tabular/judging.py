"""How good predictions are: the scores that models are chosen by, and the metrics of the seed."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Places = NDArray[np.intp]
LEAST = 1e-6  # probabilities are cut here before a logarithm


def skill(y: NDArray[Any], told: Numbers, prior: Numbers) -> float:
    """The share of the error of guessing the same for everybody that the model takes away; 1 is perfect.

    For numbers that is R2, for classes the Brier skill score: a proper score, fair to rare classes and less noisy than
    accuracy. `prior` is the guess, from the rows that were learned from.
    """
    if told.ndim == 1:
        guess = float(((y - prior[0]) ** 2).mean())
        return 1.0 - float(((y - told) ** 2).mean()) / guess if guess > 0 else 0.0
    guess = brier(y, np.broadcast_to(prior, told.shape))
    return 1.0 - brier(y, told) / guess if guess > 0 else 0.0


def prior_of(y: NDArray[Any], classes: int) -> Numbers:
    """The shares of the classes, or the mean."""
    return np.bincount(y, minlength=classes) / len(y) if classes else np.array([float(y.mean())])


def brier(y: Places, told: Numbers) -> float:
    """The mean squared distance of the probabilities to the truth (Brier 1950), over all classes."""
    truth = np.zeros_like(told)
    truth[np.arange(len(y)), y] = 1.0
    return float(((told - truth) ** 2).sum(axis=1).mean())


def log_loss(y: Places, told: Numbers) -> float:
    """The mean negative logarithm of the probability of what happened."""
    return float(-np.log(np.clip(told[np.arange(len(y)), y], LEAST, 1.0)).mean())


def accuracy(y: Places, chosen: Places) -> float:
    return float((y == chosen).mean())


def confusion(y: Places, chosen: Places, classes: int) -> NDArray[np.intp]:
    """[truth, told] counts."""
    counts: NDArray[np.intp] = np.bincount(y * classes + chosen, minlength=classes * classes)
    return counts.reshape(classes, classes)


def class_metrics(y: Places, chosen: Places, classes: int, positive: int | None) -> dict[str, Any]:
    """The seed's metrics. With two classes they are those of the positive one, else the mean over the classes met."""
    table = confusion(y, chosen, classes)
    hits, told, true = np.diag(table), table.sum(axis=0), table.sum(axis=1)
    precision = np.divide(hits, told, out=np.zeros(classes), where=told > 0)
    recall = np.divide(hits, true, out=np.zeros(classes), where=true > 0)
    both = precision + recall
    f1 = np.divide(2 * precision * recall, both, out=np.zeros(classes), where=both > 0)
    met = np.array([positive]) if positive is not None else np.flatnonzero((true > 0) | (told > 0))
    return {
        "accuracy": accuracy(y, chosen),
        "precision": float(precision[met].mean()),
        "recall": float(recall[met].mean()),
        "f1_score": float(f1[met].mean()),
        "confusion_matrix": table.tolist(),
    }


def number_metrics(y: Numbers, told: Numbers) -> dict[str, Any]:
    """R2, mean absolute error, root of the mean squared error. R2 is against the mean of these rows."""
    error = y - told
    spread = float(((y - y.mean()) ** 2).mean())
    return {
        "r2": 1.0 - float((error**2).mean()) / spread if spread > 0 else 0.0,
        "mae": float(np.abs(error).mean()),
        "rmse": float(np.sqrt((error**2).mean())),
    }


def auc(truth: NDArray[np.bool_], score: Numbers) -> float:
    """The area under the ROC curve by ranks, ties counting half; 0.5 where there is one class only."""
    positives = int(truth.sum())
    negatives = len(truth) - positives
    if not positives or not negatives:
        return 0.5
    _, place, counts = np.unique(score, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks = (last - (counts - 1) / 2.0)[place]
    return float((ranks[truth].sum() - positives * (positives + 1) / 2) / (positives * negatives))
