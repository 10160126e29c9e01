"""Bodies about explanations. Seed 003's four fields stand first; the others say what the text rests on."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BaseModel, StringConstraints

from shared.api.text import Line, storable
from shared.explanations.attack import Attack
from shared.explanations.model import Answer, Question, Reference


def printable(text: str) -> str:
    """The text, if it is one visible line: nothing that reorders, hides or breaks it."""
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp") for letter in text):
        raise ValueError("must be one line of visible characters")
    return text


Name = Annotated[Line, AfterValidator(printable)]
Context = Annotated[str, StringConstraints(max_length=2_000, strip_whitespace=True), AfterValidator(storable)]


class ExplainIn(BaseModel):
    """What to explain. The description is accepted (seed 003) and changes no answer."""

    action: Name
    agent_type: Name
    target: Name | None = None
    description: Context | None = None

    def question(self) -> Question:
        return Question(self.action, self.agent_type, self.target or "", self.description or "")


class SentenceOut(BaseModel):
    sentence: str
    sources: list[str]


class ReferenceOut(BaseModel):
    """A mitigation or a detection strategy of ATT&CK."""

    id: str
    name: str
    url: str


class TechniqueOut(ReferenceOut):
    tactic: str


class MatchOut(BaseModel):
    """Which known action it was taken for; `score` is the share of the name that this accounts for."""

    action: str
    score: float


class MetaOut(BaseModel):
    """Where the evidence comes from. `attack_revision` changes with every change of its content."""

    attack_revision: str
    attribution: str


class ExplainOut(BaseModel):
    """An explanation. `source` is "grounded", or the provider that worded it; the evidence is the same for both."""

    success: bool = True
    action: str
    explanation: str
    cached: bool
    side: str
    evidence: list[SentenceOut]
    techniques: list[TechniqueOut]
    mitigations: list[ReferenceOut]
    detections: list[ReferenceOut]
    match: MatchOut | None
    note: str | None
    source: str
    provider_rejected: str | None
    attack_version: str
    meta: MetaOut

    @classmethod
    def of(cls, question: Question, answer: Answer, attack: Attack) -> "ExplainOut":
        found = answer.explanation
        return cls(
            action=question.action,
            explanation=found.text,
            cached=answer.cached,
            side=found.side,
            evidence=[SentenceOut(sentence=one.sentence, sources=list(one.sources)) for one in found.evidence],
            techniques=[TechniqueOut(**_reference(one), tactic=one.tactic or "") for one in found.techniques],
            mitigations=[ReferenceOut(**_reference(one)) for one in found.mitigations],
            detections=[ReferenceOut(**_reference(one)) for one in found.detections],
            match=MatchOut(action=found.match.action, score=found.match.score) if found.match else None,
            note=found.note,
            source=found.source,
            provider_rejected=found.provider_rejected,
            attack_version=found.attack_version,
            meta=MetaOut(attack_revision=attack.revision, attribution=str(attack.about["copyright"])),
        )


def _reference(one: Reference) -> dict[str, str]:
    return {"id": one.id, "name": one.name, "url": one.url}
