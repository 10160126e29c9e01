"""What is uploaded: the code of every function (one asset for all), and the layers."""

import json
import shutil
import sys
from pathlib import Path

from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra import openapi
from infra.stacks.options import Refused
from shared.catalogue import Function

ROOT = Path(__file__).resolve().parents[2]
CODE = ("functions", "shared")
BUILT_LAYERS = ROOT / "build" / "layers"
MODELS = ROOT / "layers" / "models"
REFUSE = ("__pycache__", "*.pyc", "tests", ".DS_Store", ".mypy_cache", ".ruff_cache")
LEFT_OUT = shutil.ignore_patterns(*REFUSE, "train_model")
# The image has the training of tables; the models that ship are trained elsewhere.
LEFT_OUT_OF_IMAGE = shutil.ignore_patterns(*REFUSE, "insiders")
RUNTIME = lambda_.Runtime.PYTHON_3_13
ARCHITECTURE = lambda_.Architecture.ARM_64


def code_asset(scratch: Path) -> lambda_.Code:
    """functions/ and shared/ without training code, and beside them the API document (VEDETTE_OPENAPI_PATH)."""
    target = scratch / "code"
    for folder in CODE:
        shutil.copytree(ROOT / folder, target / folder, ignore=LEFT_OUT)
    document = json.dumps(openapi.build(openapi.api_functions()), separators=(",", ":"))
    (target / "openapi.json").write_text(document, encoding="utf-8")
    return lambda_.Code.from_asset(str(target))


def image_asset(scratch: Path, row: Function) -> lambda_.Code:
    """A container image: the Dockerfile in the row's folder, the packages of requirements/fit.txt, our code.

    Only staged here; Docker builds it at deployment.
    """
    target = scratch / "images" / row.name
    for name in CODE:
        shutil.copytree(ROOT / name, target / name, ignore=LEFT_OUT_OF_IMAGE)
    (target / "requirements").mkdir()
    shutil.copy(ROOT / "requirements" / "fit.txt", target / "requirements" / "fit.txt")
    shutil.copy(ROOT / str(row.image) / "Dockerfile", target / "Dockerfile")
    return lambda_.Code.from_asset_image(str(target), cmd=[row.handler], platform=ecr_assets.Platform.LINUX_ARM64)


def make_layer(scope: Construct, name: str, *, prefix: str, scratch: Path, must_be_built: bool) -> lambda_.LayerVersion:
    """A layer of the catalogue, for the interpreter and the processor that the functions run on."""
    return lambda_.LayerVersion(
        scope,
        f"Layer-{name}",
        layer_version_name=prefix + name,
        code=lambda_.Code.from_asset(str(_layer_folder(name, scratch, must_be_built))),
        compatible_runtimes=[RUNTIME],
        compatible_architectures=[ARCHITECTURE],
    )


def _layer_folder(name: str, scratch: Path, must_be_built: bool) -> Path:
    """build/layers/<name>; else the models of the repository; else nothing, so that a template needs no building."""
    built, staged = BUILT_LAYERS / name, scratch / "layers" / name
    if built.is_dir():
        return built
    if name == "models":
        shutil.copytree(MODELS, staged / "models", ignore=LEFT_OUT)
        return staged
    if must_be_built:
        raise Refused(f"{built.relative_to(ROOT)} is missing: run `python -m infra.layers` before deploying")
    print(f"note: layer {name} is not built; the template points to an empty one", file=sys.stderr)
    staged.mkdir(parents=True)
    (staged / "NOT_BUILT.txt").write_text(f"The layer {name} was not built when this template was made.\n")
    return staged
