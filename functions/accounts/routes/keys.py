"""API keys: how a person's machines call. A key never does more than its owner."""

from typing import Annotated

from fastapi import Request

from functions.accounts.schemas.keys import ApiKeyIn, ApiKeyOut, ApiKeySecretOut, ApiKeysOut, RotateIn
from shared.api.access import caller_of
from shared.api.provide import provided
from shared.api.routing import Routes
from shared.directory.api_keys import ApiKeyService, api_key_service

routes = Routes("/auth/api-keys", tag="signing in", token=True)
Keys = Annotated[ApiKeyService, provided(api_key_service)]


@routes.get("", permission="keys:read", response_model=ApiKeysOut)
async def list_keys(request: Request, keys: Keys) -> ApiKeysOut:
    """One's own keys, newest first."""
    return ApiKeysOut(api_keys=[ApiKeyOut.of(key) for key in keys.list(caller_of(request))])


@routes.post("", permission="keys:write", secret=True, status_code=201, response_model=ApiKeySecretOut)
async def create_key(body: ApiKeyIn, request: Request, keys: Keys) -> ApiKeySecretOut:
    """A new key. The secret is shown this once; scopes are among what one may do oneself."""
    return ApiKeySecretOut.with_secret(keys.create(caller_of(request), body.name, body.scopes, body.days))


@routes.post("/{key_id}/rotate", permission="keys:write", secret=True, response_model=ApiKeySecretOut)
async def rotate_key(key_id: str, body: RotateIn, request: Request, keys: Keys) -> ApiKeySecretOut:
    """Another secret for a key; the old one may go on opening for some hours."""
    return ApiKeySecretOut.with_secret(keys.rotate(caller_of(request), key_id, body.overlap_hours))


@routes.delete("/{key_id}", permission="keys:write", response_model=ApiKeyOut)
async def revoke_key(key_id: str, request: Request, keys: Keys) -> ApiKeyOut:
    """The end of a key, at once."""
    return ApiKeyOut.of(keys.revoke(caller_of(request), key_id))
