"""Trainings from the uploaded file to the registered model, step by step as the workflow takes them."""

import random
from typing import Any

import pytest

from functions.train_model.tabular import candidate, frame
from functions.train_model.tabular.errors import TrainingRefused
from functions.train_model.tabular.parity import run_network
from shared.core.aws import client
from shared.core.settings import settings
from shared.datasets.repository import file_key
from shared.storage.schema import TABULAR
from shared.storage.store import store
from shared.storage.writes import Delete
from shared.tabular.features import Encoding
from shared.tabular.manifest import ServingManifest
from shared.tabular.repository import model_repository
from shared.training.model import Job
from shared.training.repository import job_repository
from shared.training.worker import JobEnded, job_progress
from tests.builders.trainings import a_job, buyers, csv_text, flats, make_bucket, manifest_of, run, step, upload


@pytest.fixture(autouse=True)
def bucket(tables: Any) -> None:
    make_bucket()


def network_of(job: Job) -> bytes:
    key = f"models/{job.model_id}/model.onnx"
    body: bytes = client("s3").get_object(Bucket=settings().data_bucket, Key=key)["Body"].read()
    return body


def manifest_bytes(job: Job) -> bytes:
    key = f"models/{job.model_id}/manifest.json"
    body: bytes = client("s3").get_object(Bucket=settings().data_bucket, Key=key)["Body"].read()
    return body


def test_classes_are_learned_and_told() -> None:
    dataset = upload(buyers(160), "customers.csv")
    job = run(a_job(dataset, test_split=0.25, random_state=7), ["linear", "xgboost"])
    model, manifest = model_repository().get(str(job.model_id)), manifest_of(job)

    assert (model.type, model.target, model.rows, model.file_id) == ("classification", "will_buy", 160, dataset.file_id)
    assert list(model.features) == ["age", "income", "purchases", "region"]
    assert (model.name, model.beats_baseline, model.accuracy > 0.8) == ("customers: will_buy", True, True)
    assert sum(map(sum, model.metrics["confusion_matrix"])) == 40
    assert manifest["split"]["test_rows"] == 40
    low, high = manifest["intervals"]["accuracy"]
    assert low <= model.accuracy <= high
    assert manifest["baselines"][0]["name"] == "majority class"
    assert sum(line["baseline"] for line in manifest["leaderboard"]) == 3
    assert manifest["data_sha256"] == dataset.sha256


def test_manifest_serves_what_the_network_was_trained_on() -> None:
    job = run(a_job(upload(buyers(120)), test_split=0.25), ["linear"])
    model = model_repository().get(str(job.model_id))

    manifest = ServingManifest.of(manifest_bytes(job), model)
    rows = [
        {"age": 40, "income": 119_000, "purchases": 11, "region": "west"},
        {"age": 40, "income": 21_000, "purchases": 0, "region": "west"},
    ]
    told = run_network(network_of(job), manifest.encoding.transform(rows))

    assert manifest.classes == ("no", "yes")
    assert told[0, 1] > 0.9 > 0.1 > told[1, 1]
    assert Encoding.of(manifest_of(job)["encoding"]) == manifest.encoding


def test_numbers_are_learned_and_told() -> None:
    job = run(a_job(upload(flats(120)), test_split=0.25), ["linear"])
    model = model_repository().get(str(job.model_id))
    encoding = Encoding.of(manifest_of(job)["encoding"])

    flat, house = run_network(
        network_of(job), encoding.transform([{"rooms": 1, "area": 25}, {"rooms": 8, "area": 190}])
    )

    assert (model.type, set(model.metrics)) == ("regression", {"r2", "mae", "rmse"})
    assert model.accuracy > 0.99
    assert house > flat + 10_000


def test_a_coin_toss_does_not_beat_the_guess() -> None:
    job = run(a_job(upload(buyers(160, noise=True)), test_split=0.25), ["linear"])
    model = model_repository().get(str(job.model_id))

    assert model.beats_baseline is False
    assert "not surely lower" in model.baseline_note


def test_a_copy_of_the_target_is_left_out_and_told() -> None:
    text = buyers(120)
    lines = text.strip().split("\n")
    leaky = "\n".join(f"{'copy' if n == 0 else line[-2:]},{line}" for n, line in enumerate(lines)) + "\n"
    blocked = run(a_job(upload(leaky)), ["linear"])
    warned = run(a_job(upload(leaky), checks={"target_copy": "warn"}), ["linear"])

    assert "copy" not in model_repository().get(str(blocked.model_id)).features
    assert "copy" in model_repository().get(str(warned.model_id)).features
    notes = {note["code"]: note for note in manifest_of(blocked)["warnings"]}
    assert "one to one" in notes["LEAK_BLOCK"]["message"]
    assert "LEAK_WARN" in {note["code"] for note in manifest_of(warned)["warnings"]}


def everything(rows: int = 150, seed: int = 3) -> str:
    """Numbers, words, dates and truth values, a tenth of them missing."""
    chance = random.Random(seed)
    made: list[list[Any]] = []
    for _ in range(rows):
        amount, plan, member = chance.gauss(50, 20), chance.choice("ABC"), chance.random() < 0.4
        day = f"202{chance.randint(3, 5)}-0{chance.randint(1, 9)}-1{chance.randint(0, 9)}"
        score = amount / 20 + (plan == "A") + member + chance.gauss(0, 0.5)
        label = "high" if score > 4 else "middle" if score > 2.7 else "low"
        cells = [f"{amount:.2f}", plan, "yes" if member else "no", day, f"r{chance.randint(10**6, 10**7)}"]
        made.append([*("" if chance.random() < 0.1 else cell for cell in cells), label])
    return csv_text(("amount", "plan", "member", "day", "reference", "level"), made)


def test_all_types_and_gaps_with_three_classes() -> None:
    job = run(a_job(upload(everything()), test_split=0.25), ["linear", "histogram_boosting"])
    manifest = manifest_of(job)

    assert manifest["classes"] == ["high", "low", "middle"]
    assert manifest["features"] == ["amount", "plan", "member", "day"]
    assert manifest["threshold"] is None
    assert job.metrics is not None
    assert job.metrics["accuracy"] > 0.5
    assert manifest["parity"]["rows"] >= 500


@pytest.mark.parametrize("text", [buyers(80), flats(80), everything(90)], ids=["two", "numbers", "three"])
def test_the_same_demand_gives_the_same_model(text: str) -> None:
    dataset = upload(text)
    first, again = (run(a_job(dataset, random_state=11), ["linear", "extra_trees", "xgboost"]) for _ in range(2))
    other = run(a_job(dataset, random_state=12), ["extra_trees"])

    one, two = (model_repository().get(str(job.model_id)) for job in (first, again))
    assert one.sha256 == two.sha256
    said = [{**manifest_of(job), "model_id": ""} for job in (first, again)]
    assert said[0] == said[1]
    assert model_repository().get(str(other.model_id)).sha256 != one.sha256


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_fifty_repeats_have_one_hash() -> None:
    dataset = upload(buyers(60))
    jobs = [run(a_job(dataset), ["linear", "histogram_boosting"]) for _ in range(50)]

    assert len({model_repository().get(str(job.model_id)).sha256 for job in jobs}) == 1


def test_time_that_runs_out_leaves_the_best_so_far_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidate.Watch, "is_over", lambda watch: watch.fits >= 1)
    job = run(a_job(upload(buyers(80))), ["linear", "xgboost"])
    notes = [note for note in manifest_of(job)["warnings"] if note["code"] == "OUT_OF_TIME"]

    assert (job.status, manifest_of(job)["algorithm"]) == ("completed", "LogisticRegression")
    assert [note["message"].split(":")[0] for note in notes] == ["linear", "xgboost"]


def test_a_stop_is_noticed_between_two_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    job = a_job(upload(buyers(80)))
    step("prepare", job.job_id)
    monkeypatch.setattr(candidate, "REPORT_SECONDS", 0.0)
    fitted: list[str] = []
    fit = candidate.fit_model

    def fit_and_stop(*given: Any) -> Any:
        fitted.append(given[1])
        if len(fitted) == 3:
            job_progress(job.job_id).fail("stopped by ana")
        return fit(*given)

    monkeypatch.setattr(candidate, "fit_model", fit_and_stop)
    with pytest.raises(JobEnded):
        step("candidate", job.job_id, algorithm="linear")

    assert len(fitted) == 3


def test_threshold_by_capacity_reaches_the_metrics() -> None:
    dataset = upload(buyers(160))
    usual = run(a_job(dataset, test_split=0.25), ["linear"])
    few = run(a_job(dataset, test_split=0.25, threshold={"capacity": 0.1}), ["linear"])

    told = [sum(row[1] for row in job.metrics["confusion_matrix"]) for job in (usual, few) if job.metrics]
    assert told[1] < told[0] / 2
    assert manifest_of(few)["threshold"]["chosen_by"].startswith("capacity")


def test_progress_is_that_of_the_steps() -> None:
    job = a_job(upload(buyers(60)))
    seen = [job_repository().get(job.job_id).progress]
    plan = step("prepare", job.job_id)
    seen.append(job_repository().get(job.job_id).progress)
    scores = []
    for one in plan["candidates"][:2]:
        scores.append(step("candidate", job.job_id, algorithm=one["algorithm"]))
        seen.append(job_repository().get(job.job_id).progress)
    step("finish", job.job_id, scores=scores)
    seen.append(job_repository().get(job.job_id).progress)

    assert seen == sorted(seen)
    assert (seen[0], seen[1], seen[-1]) == (0, 20, 100)
    assert 20 < seen[2] < seen[3] < 75


def test_what_cannot_be_learned_is_refused_in_words() -> None:
    with pytest.raises(TrainingRefused, match="single row"):
        step("prepare", a_job(upload(buyers(60) + "30,50000,3,west,perhaps\n")).job_id)


def test_a_file_that_is_gone_meanwhile_is_a_reason() -> None:
    dataset = upload(buyers(60))
    job = a_job(dataset)
    store().transact([Delete(TABULAR, file_key(dataset.file_id))])

    with pytest.raises(TrainingRefused, match="cannot be read any more"):
        step("prepare", job.job_id)


def test_a_table_too_long_for_a_worker_is_sampled_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame, "MOST_CELLS", 300)
    job = run(a_job(upload(buyers(120)), test_split=0.25), ["linear"])
    manifest = manifest_of(job)

    assert manifest["split"]["test_rows"] + manifest["split"]["train_rows"] == 60
    assert "SAMPLED" in {note["code"] for note in manifest["warnings"]}
    assert model_repository().get(str(job.model_id)).rows == 120
