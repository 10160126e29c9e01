"""Files that models are trained from. Seed 001."""

from typing import Annotated

from fastapi import Request
from pydantic import ValidationError
from starlette.datastructures import UploadFile

from functions.datasets.schemas import GrantedIn, GrantOut, UploadOut
from shared.api.access import caller_of, operation_of
from shared.api.provide import provided
from shared.api.routing import Routes
from shared.core.errors import Invalid
from shared.datasets.faults import BadTable
from shared.datasets.model import Dataset
from shared.datasets.repository import DatasetRepository, dataset_repository
from shared.datasets.service import DatasetService, Upload, dataset_service

routes = Routes("/api/upload", tag="datasets")
Service = Annotated[DatasetService, provided(dataset_service)]
Datasets = Annotated[DatasetRepository, provided(dataset_repository)]


@routes.post("", permission="datasets:write", response_model=UploadOut)
async def upload_file(request: Request, service: Service) -> UploadOut:
    """Take in a CSV file: multipart with the field `file`, or JSON with the `upload_key` of a presigned upload."""
    if request.headers.get("content-type", "").startswith("application/json"):
        return UploadOut.of(await _granted(request, service))
    return UploadOut.of(await _attached(request, service))


@routes.post("/presign", permission="datasets:write", response_model=GrantOut)
async def presign_upload(service: Service) -> GrantOut:
    """Leave to put a file of up to 50 MB past the gateway, whose requests end near 4.5 MB on AWS (C23)."""
    return GrantOut.of(service.grant())


@routes.get("/{file_id}", permission="datasets:read", response_model=UploadOut)
async def get_upload(file_id: str, datasets: Datasets) -> UploadOut:
    """An uploaded file again: its columns, types and warnings."""
    return UploadOut.of(datasets.get(file_id))


async def _attached(request: Request, service: DatasetService) -> Dataset:
    try:
        form = await request.form(max_files=1, max_fields=10)
    except Exception as error:  # a body that is no form, in the words of whatever reads forms
        raise BadTable("the request must be multipart/form-data with the field 'file'") from error
    try:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise Invalid("file: Field required")
        upload = Upload(file.filename or "", operation_of(request), caller_of(request).caller_id)
        return service.take(upload, file.file, file.size or 0)
    finally:
        await form.close()


async def _granted(request: Request, service: DatasetService) -> Dataset:
    try:
        body = GrantedIn.model_validate_json(await request.body())
    except ValidationError as error:
        raise Invalid(f"upload_key: {error.errors()[0]['msg']}") from error
    upload = Upload(body.filename, operation_of(request), caller_of(request).caller_id)
    return service.take_uploaded(upload, body.upload_key)
