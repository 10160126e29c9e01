"""Models trained from CSV files: listed, deployed, asked. Seed 001."""

from typing import Annotated

from fastapi import Header, Query, Request, Response
from fastapi.responses import HTMLResponse

from functions.tabular_models.card import page
from functions.tabular_models.drift import DriftOut
from functions.tabular_models.schemas import (
    CardOut,
    DeployedOut,
    DeployIn,
    ModelDetailOut,
    ModelOut,
    ModelsOut,
    PredictIn,
    PredictionsOut,
)
from shared.api.accept import prefers_html
from shared.api.access import caller_of
from shared.api.provide import provided
from shared.api.routing import Routes
from shared.tabular.drift import DriftService, drift_service
from shared.tabular.model import Status
from shared.tabular.predictions import PredictionService, prediction_service
from shared.tabular.repository import ModelRepository, model_repository
from shared.tabular.service import Order, Sort, TabularService, Wish, tabular_service

models = Routes("/api/models", tag="tabular_models")
predictions = Routes("/api/predict", tag="tabular_models")
Models = Annotated[ModelRepository, provided(model_repository)]
Service = Annotated[TabularService, provided(tabular_service)]
Predictions = Annotated[PredictionService, provided(prediction_service)]
Drift = Annotated[DriftService, provided(drift_service)]

PAGE_HEADERS = {"vary": "accept", "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'"}


@models.get("", permission="models:read", response_model=ModelsOut)
async def list_models(
    service: Service,
    status: Status | None = None,
    sort: Sort = "created_at",
    order: Order | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 20,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> ModelsOut:
    """Models: the newest, the best, or the first by name; `order` asc or desc turns that round."""
    found, total = service.list_models(Wish(status, sort, order, limit, page))
    return ModelsOut(models=[ModelOut.of(model) for model in found], total=total, page=page, limit=limit)


@models.get("/{model_id}", permission="models:read", response_model=ModelDetailOut)
async def get_model(model_id: str, stored: Models) -> ModelDetailOut:
    """One model: how good it is, what it was trained from and with, and how it compares with its baseline."""
    return ModelDetailOut.of(stored.get(model_id))


@models.post("/{model_id}/deploy", permission="models:deploy", response_model=DeployedOut)
async def deploy_model(model_id: str, service: Service, request: Request, body: DeployIn | None = None) -> DeployedOut:
    """Serve a model. One that does not beat its baseline only with `force`; one that is deployed stays so."""
    force = body.force if body else False
    return DeployedOut.of(service.deploy(model_id, caller_of(request).caller_id, force=force))


@models.post("/{model_id}/undeploy", permission="models:deploy", response_model=ModelOut)
async def undeploy_model(model_id: str, service: Service, request: Request) -> ModelOut:
    """Stop serving a model."""
    return ModelOut.of(service.undeploy(model_id, caller_of(request).caller_id))


@models.post("/{model_id}/archive", permission="models:deploy", response_model=ModelOut)
async def archive_model(model_id: str, service: Service, request: Request) -> ModelOut:
    """Put a model away that is not deployed."""
    return ModelOut.of(service.archive(model_id, caller_of(request).caller_id))


@models.get("/{model_id}/card", permission="models:read", response_model=CardOut)
async def get_card(
    model_id: str, service: Service, response: Response, accept: Annotated[str, Header()] = "*/*"
) -> CardOut | Response:
    """The model card: data, split, leaderboard, figures with their intervals, limits. A page for browsers."""
    card = CardOut.of(*service.manifest(model_id))
    if prefers_html(accept):
        return HTMLResponse(page(card), headers=PAGE_HEADERS)
    response.headers["vary"] = "accept"
    return card


@models.get("/{model_id}/drift", permission="models:read", response_model=DriftOut)
async def get_drift(model_id: str, drift: Drift, days: Annotated[int, Query(ge=1, le=90)] = 7) -> DriftOut:
    """Whether what the model is asked still looks like what it was trained on."""
    return DriftOut.of(drift.report(model_id, days))


@predictions.post("/{model_id}", permission="models:predict", response_model=PredictionsOut)
async def predict(model_id: str, body: PredictIn, service: Predictions, request: Request) -> PredictionsOut:
    """Predict 1 to 1,000 rows. Each row is answered by itself; a row that cannot be predicted says why."""
    caller = caller_of(request).caller_id
    return PredictionsOut.of(service.predict(model_id, body.data, caller, strict=body.strict))
