"""One synthesis for the whole session: it takes longer than all the tests that read it."""

import pytest

from tests.infra.stacks.templates import STARTED_AT, Assembly


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """The development stage, as `make synth` writes it."""
    from infra.routes import routes
    from infra.stacks.options import options_from
    from infra.stacks.synthesis import synthesise

    folder = tmp_path_factory.mktemp("cdk.out")
    synthesise(options_from({"started_at": STARTED_AT}), routes(), str(folder))
    return Assembly(folder)


@pytest.fixture(scope="session")
def production_state(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """The state stack of production. Without CloudFormation's own checks, which the first synthesis made."""
    from aws_cdk import App

    from infra.stacks.options import options_from
    from infra.stacks.state import StateStack
    from infra.stacks.synthesis import FLAGS

    folder = tmp_path_factory.mktemp("cdk.prod")
    app = App(outdir=str(folder), context=FLAGS, builtin_cloud_formation_validation=False)
    StateStack(app, options=options_from({"stage": "prod"}))
    app.synth()
    return Assembly(folder, "prod")
