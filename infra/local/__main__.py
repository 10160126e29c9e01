"""`python -m infra.local`: start the platform, or talk to the one that runs."""

import argparse
import sys
from pathlib import Path

from infra.local.commands import invoke, reset, serve, token
from infra.local.console import complain
from infra.local.data_folder import InUse, NotRunning
from infra.local.deployment import MODELS
from infra.local.ports import PortInUse
from shared.access.roles import ROLES


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.local", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--second-port", type=int, help="serve there as well")
    parser.add_argument("--data", type=Path, default=Path(".local"), help="the folder that keeps the state")
    parser.add_argument("--auth", choices=("open", "strict"), default="open")
    parser.add_argument("--no-demonstration", action="store_true", help="start without people and their history")
    parser.add_argument("--models", type=Path, default=MODELS, help="the folder of the models layer")
    parser.add_argument("--speed", type=float, default=1.0, help="how much faster than the clock schedules fire")
    parser.set_defaults(command=serve.command)
    commands = parser.add_subparsers(title="other commands")
    _add_commands(commands)
    return parser


def _add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    # The defaults of a sub-command would hide what was given before its name.
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--data", type=Path, default=argparse.SUPPRESS)
    shared.add_argument("--port", type=int, default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    forget = commands.add_parser("reset", parents=[shared], help="forget all state")
    forget.set_defaults(command=reset.command)
    show = commands.add_parser("token", parents=[shared], help="print an access token")
    show.add_argument("--role", choices=sorted(ROLES), default="viewer")
    show.add_argument("--new", action="store_true", help="of a user made for it")
    show.set_defaults(command=token.command)
    call = commands.add_parser("invoke", parents=[shared], help="run a function with an event")
    call.add_argument("function")
    call.add_argument("event", type=Path)
    call.set_defaults(command=invoke.command)


def main() -> int:
    given = arguments().parse_args()
    try:
        code: int = given.command(given)
    except (InUse, NotRunning, PortInUse, RuntimeError) as error:
        complain(str(error))
        return 1
    return code


if __name__ == "__main__":
    sys.exit(main())
