"""The features of one person's day, named and versioned; the same function in training and in serving."""

from datetime import date
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from shared.behaviour.baseline import Baseline
from shared.behaviour.columns import FEATURE_VERSION, TOP, feature_families, feature_names, today_places
from shared.behaviour.series import Matrix, Series, build_series
from shared.behaviour.state import WINDOW, BehaviourState, day_number
from shared.behaviour.views import views
from shared.subjects.model import Subject

FEATURE_NAMES = feature_names()
FEATURE_FAMILIES = feature_families()
# Changes whenever a feature is added, removed, renamed or redefined; a model refuses features of another hash.
FEATURE_HASH = sha256("\n".join((FEATURE_VERSION, *FEATURE_NAMES)).encode()).hexdigest()[:16]
_ABOUT_TODAY = [np.array(places) for places in today_places()]
_TODAY = np.array([WINDOW - 1])


def raw_features(state: BehaviourState, day: date, subject: Subject, baseline: Baseline) -> tuple[Series, Matrix]:
    """The series up to the day and its features before they are mapped to surprise."""
    number = day_number(day)
    series = build_series(state, number, subject.subject_id, subject.role, baseline.organisation)
    return series, views(series, baseline.peers_of(subject.role), _TODAY)


def evidence(raw: Matrix, baseline: Baseline) -> NDArray[np.float32]:
    """Raw features as a model row: each one's surprise in this organisation, then each family's strongest."""
    surprise = baseline.surprise(raw)
    strongest = [np.sort(surprise[:, places], axis=1)[:, -TOP:].mean(axis=1, keepdims=True) for places in _ABOUT_TODAY]
    rows: NDArray[np.float32] = np.concatenate([surprise, *strongest], axis=1).astype(np.float32)
    return rows


def features(state: BehaviourState, day: date, subject: Subject, baseline: Baseline) -> NDArray[np.float32]:
    """One row, in the order of FEATURE_NAMES; 0 is ordinary, larger is more unusual in this organisation."""
    _, raw = raw_features(state, day, subject, baseline)
    row: NDArray[np.float32] = evidence(raw, baseline)[0]
    return row
