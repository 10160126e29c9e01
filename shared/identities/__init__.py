"""Signing in: people of the user pool, their passwords, codes and tokens."""
