"""The smallest function of the same kind: what FastAPI and Mangum cost by themselves. The yardstick of the bench."""

from fastapi import FastAPI
from mangum import Mangum
from pydantic import BaseModel

app = FastAPI(openapi_url=None)


class Hello(BaseModel):
    """What it says."""

    message: str


@app.get("/health", response_model=Hello)
async def get_hello() -> Hello:
    """Says hello."""
    return Hello(message="hello")


handler = Mangum(app, lifespan="off")
