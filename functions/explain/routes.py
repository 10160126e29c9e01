"""Explanations of what attackers and defenders do. Seed 003."""

from shared.api.routing import Routes

routes = Routes("/xai", tag="explanations")
