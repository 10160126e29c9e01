"""Files that models are trained from. Seed 001."""

from functions.datasets.routes import routes
from shared.api.app import create_app, lambda_handler

app = create_app("datasets", routes)
handler = lambda_handler(app)
