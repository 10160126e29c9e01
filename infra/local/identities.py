"""The user pool of the local platform: the same ids and keys at every start, a group per role."""

import json
import os
from pathlib import Path
from typing import Any

from moto.cognitoidp.models import CognitoIdpBackend, CognitoIdpUserPool, cognitoidp_backends

from infra.local.moto_repairs.cognito_codes import MailSink
from infra.local.runtime.invocation import ACCOUNT, REGION
from shared.access.roles import ROLES
from shared.core.clock import iso_seconds, utc_now

POOL_ID = f"{REGION}_vedetteLocal"
CLIENT_ID = "vedettelocalclient00000000"
PASSWORD_POLICY = {
    "MinimumLength": 12,
    "RequireUppercase": True,
    "RequireLowercase": True,
    "RequireNumbers": True,
    "RequireSymbols": True,
    "TemporaryPasswordValidityDays": 3,
}


def make_pool(clients: Any, prefix: str) -> None:
    """Pool, client and groups. moto invents the ids, so that they are put right behind its back."""
    idp = clients("cognito-idp")
    made = idp.create_user_pool(
        PoolName=f"{prefix}users",
        Policies={"PasswordPolicy": PASSWORD_POLICY},
        AliasAttributes=["email"],
        AutoVerifiedAttributes=["email"],
        UsernameConfiguration={"CaseSensitive": False},
    )
    pool = _give_fixed_id(pool_backend(), made["UserPool"]["Id"])
    client = idp.create_user_pool_client(
        UserPoolId=POOL_ID,
        ClientName=f"{prefix}client",
        ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        ReadAttributes=["email", "email_verified", "name"],
        WriteAttributes=["email", "name"],
        PreventUserExistenceErrors="ENABLED",
    )
    stored = pool.clients.pop(client["UserPoolClient"]["ClientId"])
    stored.id = CLIENT_ID
    pool.clients[CLIENT_ID] = stored
    for role in ROLES:
        idp.create_group(UserPoolId=POOL_ID, GroupName=role)


def mail_to(file: Path) -> MailSink:
    """Nothing here sends mail: what the pool would send is a line of JSON in this file."""

    def write(to: str, subject: str, code: str) -> None:
        line = json.dumps({"at": iso_seconds(utc_now()), "to": to, "subject": subject, "code": code})
        with file.open("a", encoding="utf-8") as mails:
            mails.write(line + "\n")

    return write


def pool_backend() -> CognitoIdpBackend:
    return cognitoidp_backends[os.environ.get("MOTO_ACCOUNT_ID", ACCOUNT)][REGION]


def the_pool() -> CognitoIdpUserPool:
    return pool_backend().user_pools[POOL_ID]


def _give_fixed_id(backend: CognitoIdpBackend, invented: str) -> CognitoIdpUserPool:
    pool = backend.user_pools.pop(invented)
    pool.id = POOL_ID
    pool.arn = pool.arn.replace(invented, POOL_ID)
    backend.user_pools[POOL_ID] = pool
    return pool
