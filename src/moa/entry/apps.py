from django.apps import AppConfig


class EntryConfig(AppConfig):
    name = "moa.entry"
    label = "entry"

    def ready(self) -> None:
        from moa.entry import wiring

        wiring.connect()
