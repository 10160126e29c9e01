"""What the runtime must know of a function, made from the catalogue and the deployment."""

from collections.abc import Mapping
from dataclasses import dataclass

from infra.environment import Deployment, environment
from infra.local.runtime.invocation import REGION, function_arn
from infra.local.runtime.launching import NO_SDK_CONFIGURATION, ROOT
from shared.catalogue import FUNCTIONS, Function

# The functions on the path of every page and every ingest get more workers; the machine of a developer is small.
HOT_FUNCTIONS = {"insiders": 3, "sockets": 3, "live": 3}
DEFAULT_WORKERS = 2


@dataclass(frozen=True, slots=True)
class LocalFunction:
    name: str
    handler: str
    memory: int
    timeout: float
    environment: Mapping[str, str]
    workers: int = DEFAULT_WORKERS

    @property
    def arn(self) -> str:
        return function_arn(self.name)


def local_functions(deployment: Deployment, endpoint: str) -> dict[str, LocalFunction]:
    """By full name (with the prefix of the stage), as callers know them."""
    found = (_local_function(function, deployment, endpoint) for function in FUNCTIONS.values())
    return {function.name: function for function in found}


def _local_function(function: Function, deployment: Deployment, endpoint: str) -> LocalFunction:
    name = deployment.prefix + function.name
    return LocalFunction(
        name,
        function.handler,
        function.memory,
        float(function.timeout),
        {**environment(deployment), **_lambda_environment(function, name, endpoint)},
        HOT_FUNCTIONS.get(function.name, DEFAULT_WORKERS),
    )


def _lambda_environment(function: Function, name: str, endpoint: str) -> dict[str, str]:
    return {
        **aws_environment(endpoint),
        "_HANDLER": function.handler,
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "local",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "LAMBDA_TASK_ROOT": str(ROOT),
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "OMP_NUM_THREADS": "1",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
    }


def aws_environment(endpoint: str) -> dict[str, str]:
    """How an SDK finds the local platform. The credentials open nothing."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
        "AWS_EC2_METADATA_DISABLED": "true",
        # Nothing on this machine may change what an SDK does here.
        **NO_SDK_CONFIGURATION,
    }
