"""Perceived value: benefits and sacrifices as customers see them."""
