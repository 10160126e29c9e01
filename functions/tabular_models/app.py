"""Models trained from CSV files: listed, deployed, asked. Seed 001."""

from functions.tabular_models.routes import models, predictions
from shared.api.app import create_app, lambda_handler

app = create_app("tabular_models", models, predictions)
handler = lambda_handler(app)
