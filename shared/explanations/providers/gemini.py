"""Google's Gemini through its HTTP API. Its key lies in Secrets Manager; settings name the secret, never the key."""

import json
import time
from functools import cached_property
from typing import Any

from shared.explanations.model import Explanation, Question
from shared.explanations.providers.port import (
    CONNECT_SECONDS,
    MOST_TOKENS,
    READ_SECONDS,
    SYSTEM,
    Clients,
    ProviderFailed,
    user_message,
)

ADDRESS = "https://generativelanguage.googleapis.com"
KEY_SECONDS = 300.0
MOST_BYTES = 64_000


class Gemini:
    """A model of Gemini, e.g. `gemini-2.0-flash`."""

    name = "gemini"

    def __init__(self, model: str, secret: str, clients: Clients, address: str = ADDRESS) -> None:
        self._model = model
        self._secret = secret
        self._clients = clients
        self._address = address
        self._key: tuple[float, str] = (float("-inf"), "")

    def explain(self, evidence: Explanation, question: Question) -> str:
        import urllib3
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = json.loads(self._post(_body(user_message(evidence, question))))
            return str(answer["candidates"][0]["content"]["parts"][0]["text"])
        except (urllib3.exceptions.HTTPError, BotoCoreError, ClientError) as failed:
            raise ProviderFailed("Gemini did not answer") from failed
        except (ValueError, KeyError, IndexError, TypeError) as failed:
            raise ProviderFailed("Gemini answered without a text") from failed

    def _post(self, body: bytes) -> bytes:
        answer = self._pool.request(
            "POST",
            f"{self._address}/v1beta/models/{self._model}:generateContent",
            body=body,
            headers={"content-type": "application/json", "x-goog-api-key": self._api_key()},
            preload_content=False,
            redirect=False,
        )
        try:
            if answer.status != 200:
                raise ProviderFailed(f"Gemini answered with status {answer.status}")
            read: bytes = answer.read(MOST_BYTES)
            return read
        finally:
            answer.release_conn()

    def _api_key(self) -> str:
        """The key, asked for again every five minutes, so that a rotated one is found."""
        read_at, key = self._key
        if time.monotonic() - read_at > KEY_SECONDS:
            key = str(self._clients("secretsmanager").get_secret_value(SecretId=self._secret)["SecretString"]).strip()
            self._key = (time.monotonic(), key)
        return key

    @cached_property
    def _pool(self) -> Any:
        import urllib3

        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
        return urllib3.PoolManager(timeout=timeout, retries=False)


def _body(message: str) -> bytes:
    """Gemini's request; the role `system` is kept apart from what others wrote."""
    return json.dumps(
        {
            "systemInstruction": {"parts": [{"text": SYSTEM}]},
            "contents": [{"role": "user", "parts": [{"text": message}]}],
            "generationConfig": {"temperature": 0.0, "maxOutputTokens": MOST_TOKENS},
        }
    ).encode()
