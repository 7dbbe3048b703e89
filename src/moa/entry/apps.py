import gc

from django.apps import AppConfig

# New objects before the next look for cycles. A page or a batch makes thousands that live to its end, and with Python's 700
# a fifth of a batch's time went into looking at them again and again (ADR 83).
_OBJECTS_BETWEEN_COLLECTIONS = 10_000


class EntryConfig(AppConfig):
    name = "moa.entry"
    label = "entry"

    def ready(self) -> None:
        from moa.entry import wiring

        wiring.connect()
        gc.freeze()  # what was imported stays, and need not be looked at
        gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, *gc.get_threshold()[1:])
