"""Checks for machines, and the organisers' log."""

from django.urls import path

from assembly.core import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
