"""The stack of what can be made again: functions, both APIs, workflows, schedules, alarms. Loops over the catalogue."""

from collections.abc import Iterable
from pathlib import Path

from aws_cdk import Aws, Stack
from constructs import Construct

from infra.constructs.alarms import Alarms
from infra.constructs.assets import code_asset, image_asset, make_layer
from infra.constructs.function import Deployed, Package, make_function
from infra.constructs.http_api import HttpRoutes, make_http_api
from infra.constructs.log_source import add_log_sources
from infra.constructs.queues import make_failure_queue
from infra.constructs.rights import Surroundings
from infra.constructs.socket_api import SocketApi, add_routes, make_socket_api
from infra.constructs.sources import add_sources, needs_failure_queue
from infra.constructs.workflow import add_schedule, make_workflow
from infra.environment import Deployment, environment
from infra.routes import Route
from infra.stacks.options import Options
from infra.stacks.state import StateStack
from shared.catalogue import FUNCTIONS, SOCKET_FUNCTION, WORKFLOWS
from shared.storage.schema import TABLES

MODELS = "/opt/models"  # where the layer `models` is unpacked
OPENAPI = "/var/task/openapi.json"  # beside the code


class PlatformStack(Stack):
    """`vedette-<stage>`. Deleting it loses no data."""

    routes: HttpRoutes

    def __init__(
        self, scope: Construct, *, options: Options, state: StateStack, routes: Iterable[Route], scratch: Path
    ) -> None:
        super().__init__(
            scope,
            f"vedette-{options.stage}",
            description="Vedette: functions, APIs, workflows, alarms",
            termination_protection=options.keeps_data,
        )
        self.add_stack_dependency(state)
        self._state, self._options, self._prefix = state, options, f"vedette-{options.stage}-"
        sockets = make_socket_api(self, prefix=self._prefix, sets_log_role=options.sets_gateway_log_role)
        self._around = self._surroundings(sockets)
        functions = self._make_functions(self._package(sockets, scratch))
        add_routes(sockets, functions[SOCKET_FUNCTION])
        alarms = Alarms(self, prefix=self._prefix, email=options.alarm_email)
        self._watch(alarms, functions)
        self._make_workflows(alarms, functions)
        api = make_http_api(self, prefix=self._prefix)
        self.routes = HttpRoutes(self, "Routes", api=api, routes=routes, functions=functions)
        alarms.watch_http(api)

    def _surroundings(self, sockets: SocketApi) -> Surroundings:
        streams = {name: self._state.tables[name].table_stream_arn for name, row in TABLES.items() if row.stream}
        return Surroundings(
            stack=self,
            prefix=self._prefix,
            stream_arns={name: str(arn) for name, arn in streams.items()},
            connections_arn=sockets.connections_arn,
            pool_arn=self._state.user_pool_arn,
        )

    def _package(self, sockets: SocketApi, scratch: Path) -> Package:
        names = sorted({layer for row in FUNCTIONS.values() for layer in row.layers})
        must_be_built = self._options.layers_must_be_built
        layers = {
            name: make_layer(self, name, prefix=self._prefix, scratch=scratch, must_be_built=must_be_built)
            for name in names
        }
        images = {row.name: image_asset(scratch, row) for row in FUNCTIONS.values() if row.image}
        return Package(code_asset(scratch), images, layers, environment(self._deployment(sockets)))

    def _deployment(self, sockets: SocketApi) -> Deployment:
        return Deployment(
            stage=self._options.stage,
            auth_mode=self._options.auth_mode,
            sign_up=self._options.sign_up,
            user_pool_id=self._state.user_pool_id,
            user_pool_client_id=self._state.user_pool_client_id,
            sockets_endpoint=sockets.endpoint,
            data_bucket=self._state.data_bucket,
            started_at=self._options.started_at,
            models_path=MODELS,
            openapi_path=OPENAPI,
            workflow_arn_prefix=f"arn:{Aws.PARTITION}:states:{Aws.REGION}:{Aws.ACCOUNT_ID}:stateMachine:{self._prefix}",
        )

    def _make_functions(self, package: Package) -> dict[str, Deployed]:
        functions = {}
        for name, row in FUNCTIONS.items():
            failures = make_failure_queue(self, name, prefix=self._prefix) if needs_failure_queue(row) else None
            functions[name] = make_function(self, row, package, self._around, failures)
            add_sources(self, functions[name], self._state.tables, prefix=self._prefix)
        add_log_sources(self, functions, prefix=self._prefix)
        return functions

    def _make_workflows(self, alarms: Alarms, functions: dict[str, Deployed]) -> None:
        for name, row in WORKFLOWS.items():
            machine = make_workflow(self, row, functions, self._around)
            alarms.watch_workflow(name, machine)
            if row.schedule:
                failures = add_schedule(self, row, row.schedule, machine, prefix=self._prefix)
                alarms.watch_queue(f"{name}-workflow", failures)

    def _watch(self, alarms: Alarms, functions: dict[str, Deployed]) -> None:
        for name, deployed in functions.items():
            alarms.watch_function(deployed)
            if deployed.failures:
                alarms.watch_queue(name, deployed.failures)
