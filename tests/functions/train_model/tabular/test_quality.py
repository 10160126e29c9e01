"""The product's model against what a practitioner would train by hand, on the same test rows.

A plain random forest of scikit-learn, and histogram boosting whose settings were searched by cross-validation.
"""

import random
from typing import Any

import numpy as np
import pytest
from sklearn import datasets, ensemble, model_selection

from functions.train_model.tabular.frame import read_frame
from functions.train_model.tabular.problem import problem_of
from functions.train_model.tabular.split import split_of
from shared.tabular.repository import model_repository
from shared.training.model import Job
from shared.training.objects import training_objects
from tests.builders.trainings import a_job, csv_text, make_bucket, manifest_of, run, upload

LOADED = ("iris", "wine", "breast_cancer", "digits", "diabetes")
MADE = ("california", "mixed_classes", "mixed_numbers")


def loaded(name: str) -> str:
    data = getattr(datasets, f"load_{name}")()
    rows = [[*(f"{value:.6g}" for value in x), f"{y:g}"] for x, y in zip(data.data, data.target, strict=True)]
    return csv_text([*(f"f{place}" for place in range(data.data.shape[1])), "target"], rows)


def california(rows: int = 2000) -> str:
    """Prices by income, age and place, as in the census of 1990, made up because the original is a download."""
    chance = random.Random(5)
    made = []
    for _ in range(rows):
        income, age, people = chance.lognormvariate(1.2, 0.45), chance.randint(1, 52), chance.lognormvariate(1, 0.3)
        north, west = chance.uniform(32, 42), chance.uniform(114, 124)
        far = abs(north - 34) if west < 119 else 0.8 * abs(north - 37.7)
        price = 2 + 0.4 * income + 0.01 * age - 0.25 * far - 0.15 * people + chance.gauss(0, 0.45)
        made.append([f"{value:.4f}" for value in (income, age, north, west, people, price)])
    return csv_text(("income", "age", "north", "west", "people", "price"), made)


def mixed(*, classes: bool, rows: int = 800) -> str:
    """Numbers, categories, truth values and dates, some of them missing."""
    chance = random.Random(6 + classes)
    worth = {"A": 0.0, "B": 0.8, "C": -0.8, "D": 1.6, "E": -1.6}
    made: list[list[Any]] = []
    for _ in range(rows):
        age, income, plan = chance.gauss(50, 15), chance.lognormvariate(3, 1), chance.choice("AABBCDE")
        member, day = (
            chance.random() < 0.4,
            f"20{chance.randint(15, 24)}-0{chance.randint(1, 9)}-1{chance.randint(0, 9)}",
        )
        score = 0.04 * (age - 50) + 0.3 * np.log(income) + worth[plan] + (1.5 if member and age > 55 else 0)
        score += chance.gauss(0, 1)
        cells = [f"{age:.1f}", f"{income:.2f}", plan, "yes" if member else "no", day]
        made.append([*("" if chance.random() < 0.07 else cell for cell in cells),
                     ("won" if score > 1.2 else "lost") if classes else f"{score:.4f}"])  # fmt: skip
    return csv_text(("age", "income", "plan", "member", "since", "target"), made)


def file_of(name: str) -> str:
    if name in LOADED:
        return loaded(name)
    return california() if name == "california" else mixed(classes=name == "mixed_classes")


def rivals(job: Job, dataset: Any) -> tuple[float, float]:
    """(random forest, histogram boosting) by accuracy or R2, from the same rows and the same encoding."""
    problem = problem_of(read_frame(dataset, lambda: training_objects().pieces(dataset.key)), job.wanted)
    split = split_of(problem, job.wanted)
    _, (known, asked) = problem.encode(split.learn, split.test)
    y, truth = problem.y[split.learn], problem.y[split.test]
    numbers = problem.task == "regression"
    forest = (ensemble.RandomForestRegressor if numbers else ensemble.RandomForestClassifier)(random_state=0)
    boosting = ensemble.HistGradientBoostingRegressor if numbers else ensemble.HistGradientBoostingClassifier
    grid = {"learning_rate": [0.05, 0.1], "max_leaf_nodes": [7, 31]}
    search = model_selection.GridSearchCV(boosting(random_state=0, max_iter=100), grid, cv=3)
    return forest.fit(known, y).score(asked, truth), search.fit(known, y).score(asked, truth)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_as_good_as_the_better_of_two_rivals_on_each_and_better_on_average(tables: Any) -> None:
    make_bucket()
    own, theirs, worse = [], [], []
    for name in (*LOADED, *MADE):
        dataset = upload(file_of(name))
        job = run(a_job(dataset, test_split=0.25, random_state=1))
        model, manifest = model_repository().get(str(job.model_id)), manifest_of(job)
        high = manifest["intervals"]["accuracy" if model.type == "classification" else "r2"][1]
        best = max(rivals(job, dataset))
        print(f"{name}: {model.algorithm} {model.accuracy:.4f}, up to {high:.4f}; the better rival {best:.4f}")
        own.append(model.accuracy)
        theirs.append(best)
        worse += [name] if best > high else []

    assert worse == []
    assert np.mean(own) > np.mean(theirs)
