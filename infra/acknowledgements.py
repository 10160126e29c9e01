"""Every finding of cdk-nag (AwsSolutions) that stays, with the reason. Each names one rule at one construct.

A reason says why the finding is no risk here, or who decided to carry it; what could be repaired was repaired.
"""

from typing import Any

from aws_cdk import Acknowledgment, Stack, Validations
from constructs import IConstruct

RUNTIME = (
    "Python 3.13 is maintained until October 2029 and is the newest version that the tests run on; the next one is "
    "taken together with the interpreter of the test suite."
)
TOKENS_IN_FUNCTION = (
    "Tokens are verified inside the functions (shared/access/tokens.py: RS256, issuer, client, expiry), because the "
    "gateway's refusal is in none of the error dialects that clients know. An app with a route that declares no "
    "permission does not start, and the stack refuses auth_mode=open outside the development stage."
)
SOCKET_TOKENS = (
    "$disconnect and $default cannot have an authorizer. $connect is decided by the function with the verifier of the "
    "HTTP routes (functions/live/sockets.py), which needs no second function in front of every connection."
)
XRAY = (
    "xray:PutTraceSegments and xray:PutTelemetryRecords know no resource types: AWS documents '*' as the only value. "
    "They can write traces of this account and read nothing."
)
CONNECTIONS = (
    "The last part is the id of a connection, which exists only while a client is connected. The right is held to "
    "this API, its one stage, and POST to connections."
)
OBJECTS = (
    "The last part is the key of an object in the data bucket, made when a file is uploaded or a model is trained. The "
    "right is held to this one bucket and to the actions that the function's row in the catalogue names."
)
EXECUTIONS = (
    "The last part is the name of an execution, which is the id of the job that it works on. The right is held to "
    "stopping executions of this one workflow."
)
LOG_DELIVERY = (
    "Step Functions manages its log delivery with actions that know no resource types (log deliveries, resource "
    "policies, DescribeLogGroups), and so does X-Ray: AWS documents '*' as the only value. Only Step Functions "
    "assumes the role."
)
GATEWAY_LOGS = (
    "API Gateway demands one role per account that may write to any log group, and checks that the actions are "
    "granted on '*'. Only API Gateway assumes the role, and it cannot delete logs."
)
FAILURE_QUEUE = "This queue is itself where failed messages end; its depth has an alarm, and a person empties it."
NO_PLUS_PLAN = (
    "Threat protection needs Cognito's Plus plan, billed per user: the owner's choice, not a default. Passwords are "
    "long, administrators make the accounts, and sign-in does not tell whether a user exists."
)
DEV_MFA = "A second factor is offered in the development stage and demanded in production; a test holds it to that."


def acknowledge(construct: IConstruct, rule: str, reason: str) -> None:
    """Accept one finding of AwsSolutions, e.g. `IAM5[Resource::*]`, at a construct and what is below it."""
    Validations.of(construct).acknowledge(Acknowledgment(id=f"AwsSolutions::AwsSolutions-{rule}", reason=reason))


def acknowledge_resource(construct: IConstruct, resource: str, reason: str) -> None:
    """Accept that a policy names `resource`, an ARN with a `*` in it: this one and no other."""
    acknowledge(construct, f"IAM5[Resource::{_as_nag_writes(Stack.of(construct).resolve(resource))}]", reason)


def _as_nag_writes(resolved: Any) -> str:
    """cdk-nag spells references as <LogicalId>, and attributes as <LogicalId.Attribute>."""
    match resolved:
        case {"Ref": name}:
            return f"<{name}>"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"<{name}.{attribute}>"
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(map(_as_nag_writes, parts))
    return str(resolved)
