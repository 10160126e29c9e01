"""Every Lambda of the platform, one row each: the one place that says what exists and what it may touch.

CDK makes functions, event sources, schedules and least-privilege roles from these rows; the local platform runs
the same rows; a test holds the synthesised template against them. Standard library only.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["api", "socket", "worker"]
Dialect = Literal["by_path", "none"]


@dataclass(frozen=True, slots=True)
class Stream:
    """Records of a table's stream, in order per key. Retries, bisecting and the failure queue are always on."""

    table: str
    batch_size: int = 50
    retries: int = 5


@dataclass(frozen=True, slots=True)
class Queue:
    """Messages of a queue; after `receives` failed deliveries a message goes to the queue's dead-letter queue."""

    name: str
    batch_size: int = 10
    receives: int = 3


@dataclass(frozen=True, slots=True)
class Schedule:
    """An EventBridge schedule, `rate(...)` or `cron(...)` in UTC."""

    expression: str


@dataclass(frozen=True, slots=True)
class Logs:
    """The log of every API function, of which the lines that match `pattern` are delivered, at least once.

    CloudWatch Logs' filter syntax; the local platform knows `{ $.message = "..." }` of it.
    """

    pattern: str


Source = Stream | Queue | Schedule | Logs


@dataclass(frozen=True, slots=True)
class Function:
    """One Lambda. Memory in MB, timeout in seconds. `reads` and `writes` name tables; writing includes reading.

    `gets` names buckets whose objects it may read, `puts` those whose objects it may read, write and delete.
    `identities` are the actions on the user pool (cognito-idp) that it may do. `starts` and `stops` name workflows.
    `image` is the folder of a Dockerfile, for code that is too large for layers.
    """

    name: str
    kind: Kind
    handler: str
    memory: int = 512
    timeout: int = 29
    layers: tuple[str, ...] = ("deps",)
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    invokes: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    identities: tuple[str, ...] = ()
    gets: tuple[str, ...] = ()
    puts: tuple[str, ...] = ()
    posts_to_sockets: bool = False
    image: str | None = None

    @property
    def dialect(self) -> Dialect:
        """API functions choose the error dialect by path prefix (shared/api/dialects.py); the others answer nobody."""
        return "by_path" if self.kind == "api" else "none"


@dataclass(frozen=True, slots=True)
class Workflow:
    """A state machine. `definition` is a file in infra/workflows; `${name}` in it stands for the function's ARN."""

    name: str
    definition: str
    functions: tuple[str, ...]
    schedule: Schedule | None = None


def api(
    name: str, *, reads: tuple[str, ...] = (), writes: tuple[str, ...] = (), open_to_all: bool = False, **rights: object
) -> Function:
    """A group of HTTP endpoints: FastAPI behind Mangum in functions/<name>/app.py.

    Who calls is looked up in the directory, repeated requests and call rates in the requests; a group that is
    `open_to_all` needs neither.
    """
    if not open_to_all:
        reads, writes = ("directory", *reads), ("requests", *writes)
    reads = tuple(table for table in dict.fromkeys(reads) if table not in writes)
    handler = f"functions.{name}.app.handler"
    return Function(name, "api", handler, reads=reads, writes=writes, **rights)  # type: ignore[arg-type]


def worker(name: str, **rights: object) -> Function:
    """A function behind an event source, a workflow or another function: functions/<name>/handler.py."""
    return Function(name, "worker", f"functions.{name}.handler.handler", **rights)  # type: ignore[arg-type]


SCORING = ("deps", "onnx", "models")
# The administrator's side of signing in; the rest of it (sign-up, codes, change of password) needs no rights at all.
SIGN_IN = ("AdminGetUser", "AdminInitiateAuth", "AdminRespondToAuthChallenge", "AdminUserGlobalSignOut")
REQUEST_LINES = '{ $.message = "request" }'

FUNCTIONS: dict[str, Function] = {
    function.name: function
    for function in (
        api("health", reads=("live", "insiders", "tabular")),
        api("dashboard", reads=("insiders", "incidents")),
        api("insiders", memory=1024, layers=SCORING, writes=("insiders", "incidents", "outbox", "accounts")),
        api("incidents", writes=("incidents", "outbox", "insiders")),
        api("live", reads=("live",)),
        api("docs", memory=256, open_to_all=True),
        api("fallback", memory=256),
        api("accounts", writes=("accounts", "directory"), reads=("traffic",), identities=SIGN_IN),
        api(
            "users",
            writes=("directory",),
            identities=(
                "AdminCreateUser",
                "AdminDisableUser",
                "AdminEnableUser",
                "AdminGetUser",
                "AdminUpdateUserAttributes",
                "AdminUserGlobalSignOut",
            ),
        ),
        api("explain", writes=("explanations",)),
        api("datasets", memory=1024, writes=("tabular",), puts=("data",)),
        api("settings", writes=("tabular",)),
        api(
            "tabular_models",
            memory=1024,
            layers=("deps", "onnx"),
            writes=("tabular",),
            gets=("data",),
        ),
        api("training", writes=("tabular", "outbox", "accounts"), starts=("training",), stops=("training",)),
        Function(
            "sockets",
            "socket",
            "functions.live.sockets.handler",
            reads=("directory", "tabular"),
            writes=("live",),
            invokes=("ticker",),
            posts_to_sockets=True,
        ),
        worker("live_fanout", sources=(Stream("outbox"),), writes=("live",), posts_to_sockets=True),
        worker("projections", sources=(Stream("outbox"),), writes=("insiders",), starts=("baselines",)),
        worker(
            "ticker",
            timeout=90,
            reads=("tabular",),
            writes=("live",),
            invokes=("ticker",),
            sources=(Schedule("rate(1 minute)"),),
            posts_to_sockets=True,
        ),
        worker(
            "cleanup",
            timeout=300,
            writes=("tabular", "outbox"),
            puts=("data",),
            sources=(Schedule("rate(1 hour)"),),
        ),
        worker(
            "train_model",
            memory=3008,
            timeout=900,
            layers=(),
            writes=("tabular", "outbox"),
            puts=("data",),
            image="functions/train_model",
        ),
        worker("baselines", memory=1024, timeout=300, layers=("deps", "onnx"), writes=("insiders",)),
        worker("traffic", memory=256, sources=(Logs(REQUEST_LINES),), writes=("traffic",)),
    )
}

WORKFLOWS: dict[str, Workflow] = {
    workflow.name: workflow
    for workflow in (
        Workflow("baselines", "baselines.asl.json", ("baselines",), schedule=Schedule("cron(5 0 * * ? *)")),
        Workflow("training", "training.asl.json", ("train_model",)),
    )
}

SOCKET_FUNCTION = "sockets"
FALLBACK_FUNCTION = "fallback"
