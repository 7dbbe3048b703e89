"""The face as a Django app: its templates and static files are found through it."""

from __future__ import annotations

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "moa.ui"
    label = "ui"
