"""`python -m infra.app [-c name=value ...]`: writes the CloudFormation templates to cdk.out, offline.

The CDK command line runs the same program and hands over its own `-c` values and output folder by environment.
"""

import argparse
import json
import os
import sys

from infra.routes import routes
from infra.stacks.options import Refused, options_from
from infra.stacks.synthesis import synthesise

OUTPUT = "cdk.out"


def main(arguments: list[str]) -> int:
    """The program; 2 if the deployment is refused."""
    try:
        options = options_from(_context(arguments))
        synthesise(options, routes(), os.environ.get("CDK_OUTDIR", OUTPUT))
    except Refused as refusal:
        print(f"refused: {refusal}", file=sys.stderr)
        return 2
    return 0


def _context(arguments: list[str]) -> dict[str, object]:
    parser = argparse.ArgumentParser(prog="python -m infra.app", description="Write the CloudFormation templates.")
    parser.add_argument("-c", "--context", action="append", default=[], metavar="name=value")
    pairs = [pair.partition("=") for pair in parser.parse_args(arguments).context]
    return {**json.loads(os.environ.get("CDK_CONTEXT_JSON", "{}")), **{name: value for name, _, value in pairs}}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
