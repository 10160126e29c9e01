"""Print an access token of a local user of a role. The user is made on first use."""

import argparse
import secrets
from typing import Any

from infra.local.aws_clients import client
from infra.local.data_folder import DataFolder, Running

# For a pool that exists on this machine only. The policy of the pool wants one of each kind.
PASSWORD = "Local-platform-1"


def command(arguments: argparse.Namespace) -> int:
    running = DataFolder(arguments.data).running()
    suffix = f"-{secrets.token_hex(4)}" if arguments.new else ""
    print(access_token(client("cognito-idp", running.endpoint), running, arguments.role, f"{arguments.role}{suffix}"))
    return 0


def access_token(idp: Any, running: Running, role: str, user: str) -> str:
    _make_user(idp, running, role, user)
    answer = idp.admin_initiate_auth(
        UserPoolId=running.user_pool_id,
        ClientId=running.user_pool_client_id,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": user, "PASSWORD": PASSWORD},
    )
    return str(answer["AuthenticationResult"]["AccessToken"])


def _make_user(idp: Any, running: Running, role: str, user: str) -> None:
    pool = running.user_pool_id
    try:
        idp.admin_create_user(
            UserPoolId=pool,
            Username=user,
            MessageAction="SUPPRESS",
            UserAttributes=[{"Name": "email", "Value": f"{user}@vedette.example"}, {"Name": "name", "Value": user}],
        )
    except idp.exceptions.UsernameExistsException:
        return
    idp.admin_set_user_password(UserPoolId=pool, Username=user, Password=PASSWORD, Permanent=True)
    idp.admin_add_user_to_group(UserPoolId=pool, Username=user, GroupName=role)
