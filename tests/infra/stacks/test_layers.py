"""What goes into which layer. Building itself needs a package index and is not tested."""

from infra.layers import LOCK, locked_packages, only_for_scoring

TWO_VERSIONS = """\
numpy==2.4.6 ; python_full_version < '3.12' \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via onnxruntime
numpy==2.5.5 ; python_full_version >= '3.12' \\
    --hash=sha256:cc
    # via onnxruntime
six==1.17.0 \\
    --hash=sha256:dd
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:ee
"""


def test_lock_entries_are_those_of_the_deployed_python() -> None:
    found = {name: entry.split() for name, entry in locked_packages(TWO_VERSIONS).items()}

    assert found == {
        "numpy": ["numpy==2.5.5", "\\", "--hash=sha256:cc"],
        "six": ["six==1.17.0", "\\", "--hash=sha256:dd"],
    }


def test_scoring_libraries_stay_out_of_the_layer_of_all_functions() -> None:
    locked = set(locked_packages(LOCK.read_text()))
    onnx = only_for_scoring(locked)

    assert {"numpy", "onnxruntime"} <= onnx <= locked
    assert {"fastapi", "mangum", "pydantic", "boto3", "aws-lambda-powertools", "pyjwt"} <= locked - onnx


def test_every_locked_package_has_its_hashes() -> None:
    assert all("--hash=sha256:" in entry for entry in locked_packages(LOCK.read_text()).values())
