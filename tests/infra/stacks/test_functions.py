"""The functions of the template against the catalogue and infra/environment.py."""

import json
from dataclasses import fields
from typing import Any

from infra.environment import Deployment, environment
from infra.routes import routes
from shared.catalogue import FUNCTIONS
from shared.core.settings import Settings
from tests.infra.stacks.templates import STARTED_AT, Assembly, text

ACCOUNT, REGION = "<AWS::AccountId>", "<AWS::Region>"


def deployed(assembly: Assembly) -> dict[str, dict[str, Any]]:
    """Name in the catalogue to properties."""
    found = assembly.platform.of_type("AWS::Lambda::Function").values()
    return {function["FunctionName"].removeprefix("vedette-dev-"): function for function in found}


def layers_of(assembly: Assembly, function: dict[str, Any]) -> tuple[str, ...]:
    """In alphabetical order, as CDK writes them; no file is in two of them."""
    names = [assembly.platform.get(layer)["LayerName"] for layer in function.get("Layers", [])]
    return tuple(name.removeprefix("vedette-dev-") for name in names)


def handler_of(function: dict[str, Any]) -> str:
    """Of a container image, its command."""
    return function["Handler"] if "Handler" in function else function["ImageConfig"]["Command"][0]


def test_template_has_the_functions_of_the_catalogue_and_no_other(assembly: Assembly) -> None:
    found = {
        name: (handler_of(function), function["MemorySize"], function["Timeout"], layers_of(assembly, function))
        for name, function in deployed(assembly).items()
    }

    assert found == {
        name: (row.handler, row.memory, row.timeout, tuple(sorted(row.layers))) for name, row in FUNCTIONS.items()
    }


def test_every_function_runs_the_same_way(assembly: Assembly) -> None:
    for name, function in deployed(assembly).items():
        if FUNCTIONS[name].image:
            assert (function["PackageType"], "Runtime" in function) == ("Image", False)
        else:
            assert function["Runtime"] == "python3.13"
        assert function["Architectures"] == ["arm64"]
        assert function["TracingConfig"] == {"Mode": "Active"}
        assert function["LoggingConfig"]["LogFormat"] == "JSON"


def test_api_functions_start_from_a_snapshot_behind_an_alias(assembly: Assembly) -> None:
    aliases = assembly.platform.of_type("AWS::Lambda::Alias").values()
    aliased = {assembly.platform.get(alias["FunctionName"])["FunctionName"] for alias in aliases}
    snapped = {function["FunctionName"] for function in deployed(assembly).values() if "SnapStart" in function}

    assert aliased == snapped == {f"vedette-dev-{name}" for name, row in FUNCTIONS.items() if row.kind == "api"}


def test_environment_is_what_infra_environment_says(assembly: Assembly) -> None:
    user_pool, client = [
        text(deployed(assembly)["health"]["Environment"]["Variables"][f"VEDETTE_{name}"])
        for name in ("USER_POOL_ID", "USER_POOL_CLIENT_ID")
    ]
    (sockets,) = [
        name
        for name, api in assembly.platform.of_type("AWS::ApiGatewayV2::Api").items()
        if api["ProtocolType"] == "WEBSOCKET"
    ]
    expected = environment(
        Deployment(
            stage="dev",
            auth_mode="strict",
            sign_up="closed",
            user_pool_id=user_pool,
            user_pool_client_id=client,
            sockets_endpoint=f"https://<{sockets}>.execute-api.{REGION}.<AWS::URLSuffix>/ws",
            data_bucket=f"vedette-dev-data-{ACCOUNT}-{REGION}",
            started_at=STARTED_AT,
            models_path="/opt/models",
            openapi_path="/var/task/openapi.json",
            workflow_arn_prefix=f"arn:<AWS::Partition>:states:{REGION}:{ACCOUNT}:stateMachine:vedette-dev-",
        )
    )

    assert "ExportsOutputRefUsers" in user_pool
    assert "ExportsOutputRefUsersClient" in client
    for function in deployed(assembly).values():
        assert {name: text(value) for name, value in function["Environment"]["Variables"].items()} == expected


def test_environment_is_what_the_settings_read() -> None:
    blank = Deployment(*["" for _ in fields(Deployment)])

    assert set(environment(blank)) == {f"VEDETTE_{field.name.upper()}" for field in fields(Settings)}


def test_templates_hold_no_secrets(assembly: Assembly) -> None:
    for template in assembly.all:
        written = str(template.body).lower()
        assert not [
            word for word in ("secretstring", "resolve:secretsmanager", "resolve:ssm", "akia") if word in written
        ]


def test_every_log_group_ends_and_every_function_writes_to_its_own(assembly: Assembly) -> None:
    groups = assembly.platform.of_type("AWS::Logs::LogGroup").values()
    written = {
        name: assembly.platform.get(function["LoggingConfig"]["LogGroup"])["LogGroupName"]
        for name, function in deployed(assembly).items()
    }

    assert all(group["RetentionInDays"] > 0 for group in groups)
    assert written == {name: f"/aws/lambda/vedette-dev-{name}" for name in FUNCTIONS}


def test_function_that_calls_itself_is_allowed_to(assembly: Assembly) -> None:
    """Lambda stops a function that invokes itself after 16 rounds, unless it is told that this is meant."""
    allowed = {name for name, function in deployed(assembly).items() if function.get("RecursiveLoop") == "Allow"}

    assert allowed == {name for name, row in FUNCTIONS.items() if name in row.invokes}


def test_code_is_both_packages_without_training_and_tests(assembly: Assembly) -> None:
    codes = [function["Code"] for function in deployed(assembly).values()]
    keys = {code["S3Key"].removesuffix(".zip") for code in codes if "S3Key" in code}
    (code,) = [assembly.folder / f"asset.{key}" for key in keys]

    assert {path.name for path in code.iterdir()} == {"functions", "shared", "openapi.json"}
    assert (code / "shared" / "catalogue.py").is_file()
    documented = set(json.loads((code / "openapi.json").read_text())["paths"])
    assert documented
    assert documented <= {route.path for route in routes()}
    assert not [path for path in code.rglob("*") if path.name in {"__pycache__", "tests", "train_model"}]


def test_image_has_its_packages_its_handler_and_no_models(assembly: Assembly) -> None:
    assets = json.loads((assembly.folder / "vedette-dev.assets.json").read_text())["dockerImages"].values()
    (source,) = [asset["source"] for asset in assets]
    staged = assembly.folder / source["directory"]

    assert source["platform"] == "linux/arm64"
    assert {path.name for path in staged.iterdir()} == {"Dockerfile", "functions", "shared", "requirements"}
    assert "scikit-learn==" in (staged / "requirements" / "fit.txt").read_text()
    assert (staged / "functions" / "train_model" / "handler.py").is_file()
    assert (staged / "functions" / "train_model" / "tabular" / "steps.py").is_file()
    assert not [path for path in staged.rglob("*") if path.name in {"__pycache__", "tests", "insiders"}]


def test_models_of_the_repository_lie_where_the_settings_say(assembly: Assembly) -> None:
    layers = assembly.platform.of_type("AWS::Lambda::LayerVersion").values()
    (models,) = [layer for layer in layers if layer["LayerName"] == "vedette-dev-models"]
    unpacked = assembly.folder / f"asset.{models['Content']['S3Key'].removesuffix('.zip')}"

    assert list((unpacked / "models").rglob("*.onnx")), "unpacked to /opt, so /opt/models"
    assert {layer["CompatibleArchitectures"][0] for layer in layers} == {"arm64"}
