"""Bare numerics on arrays: no labels, nothing of carbon."""
