from django.apps import AppConfig


class AidConfig(AppConfig):
    name = "aid"

    def ready(self) -> None:
        from aid import followers, things, triggers  # noqa: F401

        things.declare_all()
        triggers.declare_all()
