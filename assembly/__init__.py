"""The planner's Django project. Loading it loads the Celery app, so that shared tasks find it."""

from assembly.celery import app as celery_app

__all__ = ["celery_app"]
