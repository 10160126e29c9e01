"""Run a function of the running platform with an event from a file, and print its answer."""

import argparse
import json

from infra.local.aws_clients import client
from infra.local.console import complain
from infra.local.data_folder import DataFolder
from shared.catalogue import FUNCTIONS


def command(arguments: argparse.Namespace) -> int:
    running = DataFolder(arguments.data).running()
    if arguments.function not in FUNCTIONS:
        complain(f"there is no function {arguments.function}; there are {', '.join(FUNCTIONS)}")
        return 1
    answer = client("lambda", running.endpoint).invoke(
        FunctionName=running.prefix + arguments.function, Payload=arguments.event.read_bytes()
    )
    print(json.dumps(json.loads(answer["Payload"].read() or b"null"), indent=2))
    return 1 if answer.get("FunctionError") else 0
