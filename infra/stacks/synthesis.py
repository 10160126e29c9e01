"""From options to templates. Imports aws_cdk, which takes a second; infra/app.py is the program around it."""

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks

from infra.routes import Route
from infra.stacks.options import Options
from infra.stacks.platform import PlatformStack
from infra.stacks.state import StateStack

# Here and not in cdk.json, so that a synthesis without the command line tool makes the same template.
FLAGS = {
    "@aws-cdk/aws-lambda:recognizeLayerVersion": True,  # a new layer makes a new version
    "@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy": True,  # access logs without ACLs
    "@aws-cdk/core:checkSecretUsage": True,
}


def synthesise(options: Options, routes: Iterable[Route], output: str) -> None:
    """Templates and assets, into the output folder. A finding of cdk-nag that nobody acknowledged stops it."""
    with TemporaryDirectory(prefix="vedette-synth-") as scratch:
        app = App(outdir=output, context=FLAGS)
        Validations.of(app).add_plugins(AwsSolutionsChecks(app))
        state = StateStack(app, options=options)
        PlatformStack(app, options=options, state=state, routes=routes, scratch=Path(scratch))
        app.synth()
