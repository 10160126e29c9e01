"""A model folder is what its manifest says, or it is refused."""

import shutil
from pathlib import Path

import pytest

from shared.ml.manifest import Manifest, ModelRefused
from shared.ml.runtime import OnnxModel
from shared.threats.scoring import Detector

FOLDER = Path(__file__).parents[3] / "layers/models/insiders"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "insiders"))


def test_the_shipped_folder_loads() -> None:
    detector = Detector.load(FOLDER)

    assert sum(detector.manifest.weights.values()) == 100
    assert set(detector.manifest.weights) == {"xgboost", "random_forest", "isolation_forest"}


@pytest.mark.parametrize("name", ["xgboost.onnx", "prior.bin"])
def test_a_changed_file_is_refused(copied: Path, name: str) -> None:
    data = bytearray((copied / name).read_bytes())
    data[len(data) // 2] ^= 1
    (copied / name).write_bytes(data)

    with pytest.raises(ModelRefused, match="not the file"):
        Detector.load(copied)


def test_features_of_another_version_are_refused(copied: Path) -> None:
    text = (copied / "manifest.json").read_text()
    (copied / "manifest.json").write_text(text.replace(Manifest.load(copied).feature_hash, "0" * 16))

    with pytest.raises(ModelRefused, match="wants features"):
        Detector.load(copied)


def test_a_folder_without_a_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match="no readable"):
        Detector.load(tmp_path)


def test_a_path_outside_the_folder_is_refused(copied: Path) -> None:
    with pytest.raises(ModelRefused, match="not a file of this model"):
        Manifest.load(copied).read(copied, "../manifest.json")


def test_data_outside_the_file_is_refused() -> None:
    with pytest.raises(ModelRefused, match="outside its file"):
        OnnxModel(b"...location...weights.bin")
