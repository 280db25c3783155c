"""Celery: carries "wake up" and nothing else. What has to be done stands in the database."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assembly.settings.production")

app = Celery("assembly", amqp="assembly.core.broker:Wire")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
