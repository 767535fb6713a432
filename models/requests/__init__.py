"""Requests (请求): what the officer is asked to decide or to change. How each kind is decided stands in `deciding`."""

from models.requests.actions import make_request, withdraw_request
from models.requests.tables import KINDS, Request

__all__ = ["KINDS", "Request", "make_request", "withdraw_request"]
