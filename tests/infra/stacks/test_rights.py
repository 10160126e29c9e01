"""What each function may do in the template against what the catalogue says: equal, neither more nor less."""

from typing import Any

from shared.catalogue import FUNCTIONS, Function, Logs, Queue, Schedule, Stream
from shared.storage.schema import TABLES
from tests.infra.stacks.templates import Assembly, listed, statements, text

READ = {"BatchGetItem", "GetItem", "Query"}
WRITE = READ | {"BatchWriteItem", "ConditionCheckItem", "DeleteItem", "PutItem", "UpdateItem"}
FOLLOW = {"DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"}
RECEIVE = {"ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "ReceiveMessage"}
HERE = "<AWS::Region>:<AWS::AccountId>"
Rights = set[tuple[str, str]]


def deployed(assembly: Assembly, name: str) -> Rights:
    """(action, resource) of a function's role. Named resources without their account, own ones as references."""
    platform = assembly.platform
    (function,) = [
        properties
        for properties in platform.of_type("AWS::Lambda::Function").values()
        if properties["FunctionName"] == f"vedette-dev-{name}"
    ]
    role = platform.get(function["Role"])
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": "lambda.amazonaws.com"}
    (policy,) = role["Policies"]
    found = policy["PolicyDocument"]["Statement"]
    assert all(statement["Effect"] == "Allow" for statement in found)
    return {
        (action, short(resource))
        for one in found
        for action in listed(one["Action"])
        for resource in listed(one["Resource"])
    }


def short(resource: Any) -> str:
    written = text(resource)
    return written.partition(HERE + ":")[2] or written


def expected(assembly: Assembly, row: Function) -> Rights:
    """The same, from the row and from the names of this template's queues, logs and sockets."""
    tables = {f"table/vedette-dev-{name}": READ for name in row.reads}
    tables |= {f"table/vedette-dev-{name}": WRITE for name in row.writes}
    rights = {(f"dynamodb:{action}", table) for table, actions in tables.items() for action in actions}
    for name in {*row.reads, *row.writes}:
        rights |= {("dynamodb:Query", f"table/vedette-dev-{name}/index/{index.name}") for index in TABLES[name].indexes}
    for buckets, actions in ((row.gets, {"GetObject"}), (row.puts, {"DeleteObject", "GetObject", "PutObject"})):
        for bucket in buckets:
            arn = f"arn:<AWS::Partition>:s3:::vedette-dev-{bucket}-<AWS::AccountId>-<AWS::Region>"
            rights |= {("s3:ListBucket", arn), *((f"s3:{action}", f"{arn}/*") for action in actions)}
    rights |= {("lambda:InvokeFunction", f"function:vedette-dev-{name}") for name in row.invokes}
    rights |= {("states:StartExecution", f"stateMachine:vedette-dev-{name}") for name in row.starts}
    rights |= {("states:StopExecution", f"execution:vedette-dev-{name}:*") for name in row.stops}
    rights |= {(f"xray:{action}", "*") for action in ("PutTelemetryRecords", "PutTraceSegments")}
    return rights | from_sources(assembly, row) | own(assembly, row)


def from_sources(assembly: Assembly, row: Function) -> Rights:
    exports = {
        text(output["Value"]): f"<{output['Export']['Name']}>"
        for output in assembly.state.body["Outputs"].values()
        if "Export" in output
    }
    rights = identity_rights(assembly, row, exports)
    for source in row.sources:
        if isinstance(source, Stream):
            (table,) = [
                key
                for key, found in assembly.state.of_type("AWS::DynamoDB::Table").items()
                if found["TableName"] == f"vedette-dev-{source.table}"
            ]
            rights |= {(f"dynamodb:{action}", exports[f"<{table}.StreamArn>"]) for action in FOLLOW}
        if isinstance(source, Queue):
            rights |= {(f"sqs:{action}", f"vedette-dev-{source.name}") for action in RECEIVE}
    return rights


def identity_rights(assembly: Assembly, row: Function, exports: dict[str, str]) -> Rights:
    (pool,) = assembly.state.of_type("AWS::Cognito::UserPool")
    return {(f"cognito-idp:{action}", exports[f"<{pool}.Arn>"]) for action in row.identities}


def own(assembly: Assembly, row: Function) -> Rights:
    log = logical_id(assembly, "AWS::Logs::LogGroup", "LogGroupName", f"/aws/lambda/vedette-dev-{row.name}")
    rights = {(f"logs:{action}", f"<{log}.Arn>") for action in ("CreateLogStream", "PutLogEvents")}
    if row.posts_to_sockets:
        api = logical_id(assembly, "AWS::ApiGatewayV2::Api", "ProtocolType", "WEBSOCKET")
        rights |= {("execute-api:ManageConnections", f"<{api}>/ws/POST/@connections/*")}
    if row.sources or any(row.name in other.invokes for other in FUNCTIONS.values()):
        queue = logical_id(assembly, "AWS::SQS::Queue", "QueueName", f"vedette-dev-{row.name}-failures")
        rights |= {("sqs:SendMessage", f"<{queue}.Arn>")}
    return rights


def logical_id(assembly: Assembly, type_: str, attribute: str, value: str) -> str:
    (name,) = [name for name, found in assembly.platform.of_type(type_).items() if found.get(attribute) == value]
    return name


def test_each_function_may_do_what_its_row_says_and_nothing_else(assembly: Assembly) -> None:
    found = {name: deployed(assembly, name) for name in FUNCTIONS}

    assert found == {name: expected(assembly, row) for name, row in FUNCTIONS.items()}


def test_functions_do_not_share_roles(assembly: Assembly) -> None:
    roles = [text(function["Role"]) for function in assembly.platform.of_type("AWS::Lambda::Function").values()]

    assert len(set(roles)) == len(FUNCTIONS)


def test_no_role_has_a_wildcard_action_or_a_managed_policy(assembly: Assembly) -> None:
    for template in assembly.all:
        actions = [action for statement in statements(template) for action in listed(statement["Action"])]
        assert not [action for action in actions if "*" in action]
        assert not [role for role in template.of_type("AWS::IAM::Role").values() if "ManagedPolicyArns" in role]


def test_no_one_outside_the_account_is_named(assembly: Assembly) -> None:
    for template in assembly.all:
        for permission in template.of_type("AWS::Lambda::Permission").values():
            assert permission["Principal"] in {
                "apigateway.amazonaws.com",
                "events.amazonaws.com",
                "logs.amazonaws.com",
            }
            assert permission["SourceArn"]


def test_sources_are_of_the_kinds_this_test_knows() -> None:
    kinds = {type(source) for row in FUNCTIONS.values() for source in row.sources}

    assert kinds <= {Stream, Queue, Schedule, Logs}
