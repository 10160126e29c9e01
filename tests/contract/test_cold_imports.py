"""What a cold start imports: each function in a process of its own, with an empty environment."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from shared.catalogue import FUNCTIONS, Function

ROOT = Path(__file__).parents[2]
HEAVY = ("sklearn", "numpy", "onnxruntime", "aws_cdk", "moto", "aws_xray_sdk", "pandas", "botocore.client", "iptocc")
TRANSPORT = ("fastapi", "starlette", "pydantic", "mangum")


def imported_by(function: Function) -> set[str]:
    module = function.handler.rpartition(".")[0]
    script = (
        f"import json, sys; sys.path.insert(0, {str(ROOT)!r}); import {module}; print(json.dumps(list(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], env={}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_importing_a_function_loads_nothing_heavy(function: Function) -> None:
    """Models, clients and tables come with the first request that needs them."""
    modules = imported_by(function)

    assert not modules & set(HEAVY)
    if function.kind != "api":
        assert not modules & set(TRANSPORT)
