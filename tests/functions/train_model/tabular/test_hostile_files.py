"""Files that people, and worse people, upload: each ends in a model or in a sentence that says why not."""

import random
from typing import Any

import pytest

from functions.train_model.tabular.errors import TrainingRefused
from shared.core.errors import DomainError
from shared.training.demands import check_wanted
from shared.training.repository import job_repository
from tests.builders.trainings import a_job, buyers, csv_text, flats, make_bucket, run, upload

CHANCE = random.Random(7)
N = 40


def numbers(rows: int = N) -> list[str]:
    return [f"{CHANCE.gauss(0, 1):.4f}" for _ in range(rows)]


def classes(rows: int = N, labels: tuple[str, ...] = ("a", "b")) -> list[str]:
    return [labels[place % len(labels)] for place in range(rows)]


def table(target: list[Any], **columns: list[Any]) -> str:
    return csv_text([*columns, "target"], zip(*columns.values(), target, strict=True))


FILES: dict[str, str] = {
    "plain": table(classes(), x=numbers()),
    "numbers": table(numbers(), x=numbers()),
    "one class": table(["a"] * N, x=numbers()),
    "one number": table(["3"] * N, x=numbers()),
    "empty target": table([""] * N, x=numbers()),
    "target mostly missing": table(["a", "b", *[""] * (N - 2)], x=numbers()),
    "lonely class": table([*classes(N - 1), "z"], x=numbers()),
    "all classes lonely": table([f"c{n}" for n in range(N)], x=numbers()),
    "a class of two": table([*classes(N - 2), "z", "z"], x=numbers()),
    "many classes": table([f"c{n % 13}" for n in range(N)], x=numbers()),
    "more classes than allowed": table([f"c{n % 120}x" for n in range(360)], x=numbers(360)),
    "nineteen rows": table(classes(19), x=numbers(19)),
    "twenty rows": table(classes(20), x=numbers(20)),
    "only an id": table(classes(), number=[str(n) for n in range(N)]),
    "only a constant": table(classes(), x=["1"] * N),
    "only empty": table(classes(), x=[""] * N),
    "only free text": table(classes(300), x=[f"a long sentence of words number {n}" for n in range(300)]),
    "a copy of the target": table(classes(), x=classes()),
    "a copy among others": table(classes(), x=classes(), y=numbers()),
    "infinite": table(classes(), x=["inf" if n % 9 == 0 else f"{n}.5" for n in range(N)]),
    "huge numbers": table(classes(), x=[f"{n}e300" for n in range(1, N + 1)]),
    "tiny numbers": table(classes(), x=[f"{n}e-300" for n in range(1, N + 1)]),
    "a giant among dwarfs": table(classes(), x=["1e308", *numbers(N - 1)]),
    "a giant as target": table(["1e200", *numbers(N - 1)], x=numbers()),
    "wide target": table([f"{n * n * 1e6:.0f}" for n in range(N)], x=numbers()),
    "far target": table([f"{1e9 + n / 100:.2f}" for n in range(N)], x=numbers()),
    "nan words": table(classes(), x=["NaN" if n % 3 else f"{n}" for n in range(N)]),
    "null target words": table([["a", "b", "null", "N/A"][n % 4] for n in range(N * 2)], x=numbers(N * 2)),
    "bytes of other worlds": table(classes(labels=("ÿ", "漢字")), x=classes(labels=("🙂", "é"))),
    "control characters": table(classes(labels=("a\x01", "b\x02")), x=numbers()),
    "line breaks in cells": table(classes(labels=("a\nb", "c")), x=numbers()),
    "quotes in classes": table(classes(labels=('a"b', "c'd")), x=numbers()),
    "formulas": table(classes(labels=("=cmd|' /C calc'!A0", "@SUM(1)")), x=["=1+1", *numbers(N - 1)]),
    "html in classes": table(classes(labels=("<script>alert(1)</script>", "b")), x=numbers()),
    "long class names": table(classes(labels=("a" * 5000, "b")), x=numbers()),
    "long header": csv_text(["x" * 3000, "target"], zip(numbers(), classes(), strict=True)),
    "headers twice": csv_text(["x", "x", "target"], zip(numbers(), numbers(), classes(), strict=True)),
    "no header names": csv_text(["", "", ""], zip(numbers(), numbers(), classes(), strict=True)),
    "semicolons": table(classes(), x=numbers(), y=numbers()).replace(",", ";"),
    "decimal commas": "a;b;target\n" + "".join(f"{n},5;{n % 7},25;{'yn'[n % 2]}\n" for n in range(N)),
    "dates": table(classes(), when=[f"2025-01-{1 + n % 28:02d}" for n in range(N)], x=numbers()),
    "one date wrong": table(
        classes(100), when=["soon", *[f"2025-01-{1 + n % 28:02d}" for n in range(99)]], x=numbers(100)
    ),
    "dates before and after": table(classes(), when=["0001-01-01", "9999-12-31"] * (N // 2), x=numbers()),
    "date as target": table([f"2025-01-{1 + n % 2:02d}" for n in range(N)], x=numbers()),
    "truth values": table(classes(), x=["yes" if n % 3 else "no" for n in range(N)], y=numbers()),
    "true target": table(classes(labels=("true", "false")), x=numbers()),
    "numbers as classes": table(classes(labels=("1", "2.0", "2")), x=numbers()),
    "negative classes": table(classes(labels=("-1", "1")), x=numbers()),
    "spaces": table(classes(labels=(" a", "a ", "b")), x=numbers()),
    "case": table(classes(labels=("Yes", "yes", "no")), x=numbers()),
    "mostly missing": table(classes(), x=["1.5", "2.5", *[""] * (N - 2)], y=numbers()),
    "all rows alike": table(classes(), x=["1", "2"] * (N // 2), y=["3", "4"] * (N // 2)),
    "every row thrice": buyers(20) + "\n".join(buyers(20).split("\n")[1:]) * 2,
    "fifty categories": table(classes(500), x=[f"k{n % 50}" for n in range(500)], y=numbers(500)),
    "wide": csv_text([*(f"c{n}" for n in range(150)), "target"], [[*numbers(150), "ab"[n % 2]] for n in range(30)]),
    "ragged": buyers(60) + "1,2\n",
    "null bytes": buyers(40).replace("west", "we\x00st"),
    "target first": csv_text(["target", "x"], zip(classes(), numbers(), strict=True)),
    "names of objects": csv_text(
        ["__class__", "constructor", "target"], zip(numbers(), numbers(), classes(), strict=True)
    ),
    "names with brackets": csv_text(["a[0]<1>", "b,c", "target"], zip(numbers(), numbers(), classes(), strict=True)),
    "imbalanced": table(["rare" if n in (3, 77, 150) else "usual" for n in range(200)], x=numbers(200)),
    "regression with one outlier": flats(60) + "1,1,99999999999\n",
    "percent signs": table(classes(), x=[f"{n}%" for n in range(N)], y=numbers()),
}


@pytest.fixture(autouse=True)
def bucket(tables: Any) -> None:
    make_bucket()


def test_there_are_enough_of_them() -> None:
    assert len(FILES) >= 60


@pytest.mark.parametrize("name", FILES)
def test_a_file_ends_in_a_model_or_in_a_reason(name: str) -> None:
    reason = ""
    try:
        dataset = upload(FILES[name])
        job = a_job(dataset)
        check_wanted(job.wanted, dataset)
        done = run(job, ["linear", "histogram_boosting"])
    except (TrainingRefused, DomainError) as refusal:
        reason = str(refusal)

    if not reason:
        assert done.status == "completed"
        assert job_repository().get(done.job_id).model_id
    assert not reason or len(reason) > 20, "a sentence, not a code"
