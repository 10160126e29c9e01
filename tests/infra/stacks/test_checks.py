"""What cdk-nag says, what is refused, and that synthesis needs nothing but the virtual environment."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from shared.catalogue import FUNCTIONS, WORKFLOWS
from tests.infra.stacks.templates import Assembly

ROOT = Path(__file__).parents[3]
XRAY, SOCKETS = "IAM5[Resource::*]", "IAM5[Resource::.../ws/POST/@connections/*]"
HERE = "<AWS::Region>:<AWS::AccountId>"
OBJECTS = "IAM5[Resource::arn:<AWS::Partition>:s3:::vedette-dev-data-<AWS::AccountId>-<AWS::Region>/*]"
EXECUTIONS = f"IAM5[Resource::arn:<AWS::Partition>:states:{HERE}:execution:vedette-dev-training:*]"


def test_nothing_is_found_that_was_not_acknowledged(assembly: Assembly) -> None:
    assert assembly.report["conclusion"] == "success"
    assert assembly.report["violations"] == []


def test_acknowledged_is_exactly_this(assembly: Assembly) -> None:
    found = {(rule(entry["ruleName"]), entry["acknowledgedAt"]) for entry in assembly.report["suppressedViolations"]}

    roles = {f"vedette-dev/Role-{name}" for name in FUNCTIONS} | {
        f"vedette-dev/WorkflowRole-{name}" for name in WORKFLOWS
    }
    sending = {f"vedette-dev/Role-{name}" for name, row in FUNCTIONS.items() if row.posts_to_sockets}
    invoked = {name for row in FUNCTIONS.values() for name in row.invokes}
    failing = {name for name, row in FUNCTIONS.items() if row.sources} | invoked
    failing |= {f"{name}-workflow" for name, row in WORKFLOWS.items() if row.schedule}
    assert found == {
        *((XRAY, role) for role in {*roles, "vedette-dev/GatewayLogRole"}),
        *((SOCKETS, role) for role in sending),
        *(("L1", f"vedette-dev/Function-{name}") for name, row in FUNCTIONS.items() if not row.image),
        *((OBJECTS, f"vedette-dev/Role-{name}") for name, row in FUNCTIONS.items() if row.gets or row.puts),
        *((EXECUTIONS, f"vedette-dev/Role-{name}") for name, row in FUNCTIONS.items() if row.stops),
        *(("SQS3", f"vedette-dev/Failures-{name}") for name in failing),
        ("APIG4", "vedette-dev/SocketApi"),
        ("APIG4", "vedette-dev/Routes"),
        ("COG2", "vedette-dev-state/Users"),
        ("COG8", "vedette-dev-state/Users"),
    }
    assert all(len(entry["reason"]) > 60 for entry in assembly.report["suppressedViolations"])


def rule(name: str) -> str:
    return re.sub(r"arn:.*?/ws/", ".../ws/", name.removeprefix("AwsSolutions-"))


def test_a_finding_that_nobody_acknowledged_stops_the_synthesis(tmp_path: Path) -> None:
    from aws_cdk import App, Stack, Validations
    from aws_cdk import aws_sqs as sqs
    from cdk_nag import AwsSolutionsChecks

    app = App(outdir=str(tmp_path), builtin_cloud_formation_validation=False)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    sqs.Queue(Stack(app, "open"), "Queue")

    with pytest.raises(RuntimeError, match="Validation"):
        app.synth()


@pytest.mark.parametrize(
    ("context", "sentence"),
    [
        ({"stage": "prod", "auth_mode": "open"}, "lets everybody in"),
        ({"stage": "prod", "seed_tokens": "true"}, "made up by anybody"),
        ({"stage": "prod", "seed_tokens": True}, "made up by anybody"),
        ({"seed_tokens": "on"}, "open mode only"),
        ({"stage": "local"}, "stage must be one of dev, prod"),
        ({"stage": "staging", "auth_mode": "open"}, "stage must be one of dev, prod"),
        ({"auth_mode": "none"}, "auth_mode must be one of strict, open"),
    ],
)
def test_dangerous_deployments_are_refused(
    context: dict[str, object], sentence: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from infra import app

    monkeypatch.setattr(app, "synthesise", lambda *_: pytest.fail("it was synthesised"))

    status = app.main([part for name, value in context.items() for part in ("-c", f"{name}={value}")])

    assert status == 2
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize("context", [{}, {"stage": "prod"}])
def test_strict_is_the_default(context: dict[str, object]) -> None:
    from infra.stacks.options import options_from

    assert options_from(context).auth_mode == "strict"


@pytest.mark.parametrize("seed_tokens", ["", "true"])
def test_development_may_be_open(seed_tokens: str) -> None:
    from infra.stacks.options import options_from

    assert options_from({"auth_mode": "open", "seed_tokens": seed_tokens}).auth_mode == "open"


def test_a_deployment_without_its_layers_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from aws_cdk import Stack

    from infra.constructs import assets
    from infra.stacks.options import Refused

    monkeypatch.setattr(assets, "BUILT_LAYERS", assets.ROOT / "build" / "no such layers")

    with pytest.raises(Refused, match=r"run `python -m infra.layers` before deploying"):
        assets.make_layer(Stack(), "deps", prefix="p-", scratch=tmp_path, must_be_built=True)


def test_synthesis_finds_node_in_the_virtual_environment() -> None:
    bare = {"PATH": "/nowhere", "HOME": os.environ.get("HOME", "/tmp")}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "import infra.stacks, aws_cdk; aws_cdk.App()"],
        cwd=ROOT,
        env=bare,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 0, done.stderr
