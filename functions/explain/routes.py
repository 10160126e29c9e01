"""Explanations of what attackers and defenders do. Seed 003."""

from typing import Annotated

from fastapi import Request

from functions.explain.schemas import ExplainIn, ExplainOut
from shared.api.provide import provided
from shared.api.routing import Routes
from shared.explanations.service import ExplanationService, explanation_service

routes = Routes("/xai", tag="explanations")
Explanations = Annotated[ExplanationService, provided(explanation_service)]


@routes.post("/explain-action", permission="explanations:read", cost="costly", response_model=ExplainOut)
async def explain_action(body: ExplainIn, explanations: Explanations, request: Request) -> ExplainOut:
    """What an action does, which technique of MITRE ATT&CK it is, and what its defenders do about it."""
    answer = explanations.explain(body.question())
    request.state.cache = (1, 0) if answer.cached else (0, 1)  # hits and misses, for the request's log line
    return ExplainOut.of(body.question(), answer, explanations.attack)
