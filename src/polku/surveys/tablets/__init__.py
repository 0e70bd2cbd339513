"""Tablets on the shop floor: paired by a code, answering without network, their health on a page."""
