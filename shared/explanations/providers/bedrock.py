"""Amazon Bedrock through its Converse API. The function's role needs bedrock:InvokeModel on the model."""

from shared.explanations.model import Explanation, Question
from shared.explanations.providers.port import MOST_TOKENS, SYSTEM, Clients, ProviderFailed, user_message


class Bedrock:
    """A model of Bedrock, e.g. `eu.amazon.nova-lite-v1:0`."""

    name = "bedrock"

    def __init__(self, model: str, clients: Clients) -> None:
        self._model = model
        self._clients = clients

    def explain(self, evidence: Explanation, question: Question) -> str:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = self._clients("bedrock-runtime").converse(
                modelId=self._model,
                system=[{"text": SYSTEM}],
                messages=[{"role": "user", "content": [{"text": user_message(evidence, question)}]}],
                inferenceConfig={"maxTokens": MOST_TOKENS, "temperature": 0.0},
            )
            return str(answer["output"]["message"]["content"][0]["text"])
        except (BotoCoreError, ClientError, KeyError, IndexError) as failed:
            raise ProviderFailed("Bedrock did not answer") from failed
