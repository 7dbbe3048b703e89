"""References between tables go the way of the imports; a string key is invisible to the import contracts."""

from __future__ import annotations

import configparser
import re

import pytest
from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from moa.entry.postgres.places import checkout

# Django's own tables stand below everything.
FOREIGN = {"contenttypes", "auth", "sessions", "procrastinate"}


def order() -> list[set[str]]:
    """The layers of .importlinter from top to bottom, each with the contexts that share it."""
    contracts = configparser.ConfigParser()
    contracts.read(checkout() / ".importlinter")
    lines = contracts["importlinter:contract:order"]["layers"].split("\n")
    return [set(re.findall(r"\w+", line)) for line in lines if line.strip()]


def height(label: str) -> int:
    return next(number for number, names in enumerate(reversed(order())) if label in names)


def upward_references(tables: list[type[models.Model]]) -> list[str]:
    """References from a context to one above it, or to a neighbour on the same layer."""
    found = []
    for table in tables:
        source = table._meta.app_label
        for field in table._meta.get_fields():
            if not field.is_relation or field.auto_created or not isinstance(field.related_model, type):
                continue
            target = field.related_model._meta.app_label
            if source in FOREIGN or target in FOREIGN or source == target:
                continue
            if height(target) >= height(source):
                found.append(f"{source}.{table.__name__}.{field.name} → {target}")
    return found


def test_every_reference_points_to_a_context_below():
    assert upward_references(list(apps.get_models())) == []


def test_every_context_with_tables_has_its_place_in_the_order():
    placed = set().union(*order())
    assert {table._meta.app_label for table in apps.get_models()} - FOREIGN <= placed


@pytest.mark.parametrize(
    ("source", "target"), [("control", "accounts"), ("directory", "reports"), ("bills", "investments")]
)
@isolate_apps()
def test_a_reference_upward_or_to_a_neighbour_is_found(source, target):
    class Target(models.Model):
        class Meta:
            app_label = target

    class Source(models.Model):
        target = models.ForeignKey(Target, on_delete=models.PROTECT)

        class Meta:
            app_label = source

    assert upward_references([Source, Target]) == [f"{source}.Source.target → {target}"]
