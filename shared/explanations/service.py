"""Explaining an action: from the store, else from ATT&CK; worded by a provider if one is chosen and can be believed."""

from dataclasses import replace
from datetime import timedelta
from functools import cache, partial

from shared.core.aws import client
from shared.core.clock import Clock, utc_now
from shared.core.logging import logger
from shared.core.settings import settings
from shared.explanations.attack import Attack, attack
from shared.explanations.guard import fault
from shared.explanations.matching import side_of
from shared.explanations.model import GROUNDED, Answer, Explanation, Question
from shared.explanations.providers.port import Provider, ProviderFailed
from shared.explanations.repository import ExplanationRepository, question_key
from shared.explanations.sentences import explain
from shared.storage.store import store

# Raised with every change of a sentence or of the vocabulary, so that stored texts of before are not found any more;
# tests/shared/explanations/test_golden.py notices a change.
WORDING = 2
KEPT = timedelta(days=7)
KEPT_AFTER_FAILURE = timedelta(minutes=5)  # a provider that is down is asked again soon, but not by every request


class ExplanationService:
    """Explanations, each worded once."""

    def __init__(
        self, explanations: ExplanationRepository, attack: Attack, clock: Clock, provider: Provider | None = None
    ) -> None:
        self._explanations = explanations
        self._attack = attack
        self._clock = clock
        self._provider = provider
        source = provider.name if provider else GROUNDED
        self._revision = f"{attack.revision}/{WORDING}/{source}"

    @property
    def attack(self) -> Attack:
        """The edition of ATT&CK that explanations rest on."""
        return self._attack

    def explain(self, question: Question) -> Answer:
        """The explanation of an action. Of two first requests at once both may be `cached` false; the text is one."""
        key = question_key(question, side_of(question.agent_type), revision=self._revision)
        stored = self._explanations.get(key, self._clock())
        if stored is not None:
            return Answer(stored, cached=True)
        made = self._word(explain(question, self._attack), question)
        if self._explanations.add(key, made, self._clock(), _kept(made)):
            return Answer(made)
        return Answer(self._explanations.get(key, self._clock()) or made, cached=True)

    def _word(self, grounded: Explanation, question: Question) -> Explanation:
        """The provider's text, if there is a provider, a technique to speak of, and nothing invented in the text."""
        if self._provider is None or not grounded.techniques:
            return grounded
        try:
            text = self._provider.explain(grounded, question).strip()
        except ProviderFailed as failed:
            logger().warning("no explanation from the provider", extra={"reason": str(failed)})
            return replace(grounded, provider_rejected="the provider did not answer")
        reason = fault(text, grounded, question, self._attack)
        if reason is None:
            return replace(grounded, text=text, source=self._provider.name)
        logger().warning("the provider's explanation was rejected", extra={"reason": reason})
        return replace(grounded, provider_rejected=reason)


def _kept(explanation: Explanation) -> timedelta:
    return KEPT_AFTER_FAILURE if explanation.provider_rejected else KEPT


@cache
def explanation_service() -> ExplanationService:
    """The service of this process."""
    return ExplanationService(ExplanationRepository(store()), attack(), utc_now, _provider())


def _provider() -> Provider | None:
    chosen = settings()
    if chosen.explainer == "bedrock":
        from shared.explanations.providers.bedrock import Bedrock
        from shared.explanations.providers.port import READ_SECONDS

        # Whoever asks waits for the answer: once, and not for long; the grounded text is there anyway.
        return Bedrock(chosen.explainer_model, partial(client, read_seconds=READ_SECONDS, attempts=1))
    if chosen.explainer == "gemini":
        from shared.explanations.providers.gemini import Gemini

        return Gemini(chosen.explainer_model, chosen.explainer_secret, client)
    return None
