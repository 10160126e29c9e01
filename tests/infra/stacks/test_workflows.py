"""State machines of the template against the catalogue, and the rules that every ASL file keeps."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.catalogue import FUNCTIONS, WORKFLOWS
from tests.infra.stacks.templates import Assembly, listed

FILES = sorted((Path(__file__).parents[3] / "infra" / "workflows").glob("*.asl.json"))
BRANCHING = ("Iterator", "ItemProcessor", "Branches")


def machines(assembly: Assembly) -> dict[str, dict[str, Any]]:
    found = assembly.platform.of_type("AWS::StepFunctions::StateMachine").values()
    return {machine["StateMachineName"].removeprefix("vedette-dev-"): machine for machine in found}


def states(definition: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every state, also those inside Map and Parallel."""
    for name, state in definition["States"].items():
        yield name, state
        for inner in (inner for key in BRANCHING for inner in listed(state.get(key, []))):
            yield from states(inner)


def test_template_has_the_workflows_of_the_catalogue_and_no_other(assembly: Assembly) -> None:
    found = {
        name: {
            key: assembly.platform.get(arn)["FunctionName"]
            for key, arn in machine.get("DefinitionSubstitutions", {}).items()
        }
        for name, machine in machines(assembly).items()
    }

    assert found == {name: {key: f"vedette-dev-{key}" for key in row.functions} for name, row in WORKFLOWS.items()}


def test_definition_is_the_file(assembly: Assembly) -> None:
    for name, machine in machines(assembly).items():
        (file,) = [file for file in FILES if file.name == WORKFLOWS[name].definition]
        assert machine["DefinitionString"] == file.read_text()


def test_workflows_are_logged_without_data_and_traced(assembly: Assembly) -> None:
    for machine in machines(assembly).values():
        assert (machine["LoggingConfiguration"]["Level"], machine["LoggingConfiguration"]["IncludeExecutionData"]) == (
            "ALL",
            False,
        )
        assert machine["TracingConfiguration"] == {"Enabled": True}


def test_workflows_may_invoke_their_functions_only(assembly: Assembly) -> None:
    for name, machine in machines(assembly).items():
        (policy,) = assembly.platform.get(machine["RoleArn"])["Policies"]
        invoke, *_ = policy["PolicyDocument"]["Statement"]
        assert invoke["Action"] == "lambda:InvokeFunction"
        resources = [str(resource).rpartition("function:")[2].rstrip("']}") for resource in listed(invoke["Resource"])]
        assert resources == [f"vedette-dev-{function}" for function in WORKFLOWS[name].functions]


def test_every_file_is_a_workflow_and_names_its_functions() -> None:
    named = {file.name: set(re.findall(r"\$\{(\w+)\}", file.read_text())) for file in FILES}

    assert named == {row.definition: set(row.functions) for row in WORKFLOWS.values()}


def test_workflows_started_by_functions_exist() -> None:
    assert {name for row in FUNCTIONS.values() for name in row.starts} <= set(WORKFLOWS)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_task_ends_is_retried_and_is_caught(file: Path) -> None:
    definition = json.loads(file.read_text())
    tasks = {name: state for name, state in states(definition) if state["Type"] == "Task"}

    assert tasks
    for name, task in tasks.items():
        missing = [key for key in ("TimeoutSeconds", "Retry", "Catch") if not task.get(key)]
        assert not missing, f"{name} lacks {missing}"
    assert definition["TimeoutSeconds"] > 0
