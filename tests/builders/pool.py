"""The local platform's user pool in a test's own AWS: the mails it sends, people in it, codes for second factors."""

import base64
import io
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from moto.cognitoidp.responses import CognitoIdpJsonWebKeyResponse
from moto.cognitoidp.utils import cognito_totp

from infra.local.identities import CLIENT_ID, POOL_ID, make_pool, the_pool
from infra.local.moto_repairs.cognito_codes import add_mail_sink
from infra.local.runtime.invocation import REGION
from shared.core.aws import client
from shared.core.settings import settings

PASSWORD = "Correct-horse-1"
OTHER_PASSWORD = "Battery-staple-2"


class Mails(list[tuple[str, str, str]]):
    """(to, subject, code) in the order in which they were sent."""

    def code(self) -> str:
        """The code of the last one."""
        return self[-1][2]


@contextmanager
def user_pool(monkeypatch: pytest.MonkeyPatch, sign_up: str = "open", auth_mode: str = "open") -> Iterator[Mails]:
    """Call it after the fixture `tables`; this process then trusts the pool's keys and no other."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("VEDETTE_USER_POOL_ID", POOL_ID)
    monkeypatch.setenv("VEDETTE_USER_POOL_CLIENT_ID", CLIENT_ID)
    monkeypatch.setenv("VEDETTE_SIGN_UP", sign_up)
    monkeypatch.setenv("VEDETTE_AUTH_MODE", auth_mode)
    settings.cache_clear()
    keys = CognitoIdpJsonWebKeyResponse.json_web_key
    monkeypatch.setattr("shared.access.tokens.urllib.request.urlopen", lambda url, timeout: io.BytesIO(keys))
    make_pool(client, "t-")
    mails = Mails()
    stop = add_mail_sink(lambda to, subject, code: mails.append((to, subject, code)))
    yield mails
    stop()


def a_person(username: str = "ana", *groups: str, password: str = PASSWORD) -> str:
    """Somebody whose address is verified and whose password is their own; their subject."""
    idp, email = client("cognito-idp"), f"{username}@example.com"
    attributes = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
    idp.admin_create_user(UserPoolId=POOL_ID, Username=username, MessageAction="SUPPRESS", UserAttributes=attributes)
    idp.admin_set_user_password(UserPoolId=POOL_ID, Username=username, Password=password, Permanent=True)
    for group in groups:
        idp.admin_add_user_to_group(UserPoolId=POOL_ID, Username=username, GroupName=group)
    return str(the_pool()._get_user(username).id)


def demand_second_factor() -> None:
    """As in production."""
    the_pool().mfa_config = "ON"


def app_code(secret: str) -> str:
    """What an authenticator app shows now."""
    return str(cognito_totp(secret).generate(int(time.time())).decode())


def payload(token: str) -> dict[str, Any]:
    """The claims of a token, unchecked."""
    part = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims
