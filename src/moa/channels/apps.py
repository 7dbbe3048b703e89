from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "moa.channels"
    label = "channels"
