"""Forget all state of a data folder; refused while a platform runs on it."""

import argparse

from infra.local.console import say
from infra.local.data_folder import DataFolder


def command(arguments: argparse.Namespace) -> int:
    folder = DataFolder(arguments.data)
    folder.reset()
    say(f"{folder.path} is empty")
    return 0
