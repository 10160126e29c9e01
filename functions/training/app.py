"""Trainings of tabular models. Seed 001."""

from functions.training.routes import routes
from shared.api.app import create_app, lambda_handler

app = create_app("training", routes)
handler = lambda_handler(app)
