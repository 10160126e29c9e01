"""All leakage checks of a training, in the order of their names in USUAL."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial

from functions.train_model.tabular.leakage import columns, rows, values
from functions.train_model.tabular.leakage.model import Action, Finding, Leak, action_of
from functions.train_model.tabular.leakage.power import Power
from functions.train_model.tabular.problem import Problem
from functions.train_model.tabular.split import Split

Check = Callable[[], Iterable[Finding]]
# Checks that say the same of a column: the first one that speaks is enough.
SAME_THING = ("target_copy", "target_encoded", "near_perfect")


def find_leaks(problem: Problem, split: Split, wanted: Mapping[str, str], uploaded_at: datetime) -> list[Leak]:
    """What the checks that are not off have found. The target is looked at in the rows to learn from only."""
    power = Power(problem, split.learn, split.seed)
    found: list[Leak] = []
    for name, check in _checks(problem, split, power, uploaded_at).items():
        action = action_of(name, wanted)
        if action == "off":
            continue
        told = {leak.column for leak in found if leak.check in SAME_THING}
        for finding in check():
            if name in SAME_THING and finding.column in told:
                continue
            found.append(Leak(name, finding.column, finding.severity, finding.evidence, _possible(action, finding)))
    return found


def _possible(action: Action, finding: Finding) -> Action:
    """Only a column can be left out."""
    return "warn" if finding.column is None else action


def _checks(problem: Problem, split: Split, power: Power, uploaded_at: datetime) -> dict[str, Check]:
    made: dict[str, Check] = {
        "target_copy": partial(values.target_copies, problem, split),
        "target_encoded": partial(values.target_encoded, problem, split),
        "near_perfect": partial(values.near_perfect, problem, power),
        "id_like": partial(columns.id_like, problem, power),
        "duplicates_across_split": partial(rows.duplicates_across_split, problem, split),
        "group_overlap": partial(columns.group_overlap, problem, split),
        "time_order": partial(columns.time_order, problem, power),
        "future_timestamps": partial(columns.future_timestamps, problem, uploaded_at),
        "post_outcome_name": partial(columns.post_outcome_names, problem),
        "constant": partial(rows.constants, problem),
        "constant_in_test": partial(rows.constant_in_test, problem, split),
        "sort_order": partial(rows.sort_order, problem, power),
        "missingness": partial(values.missingness, problem, split),
    }
    return made
