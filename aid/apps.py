from django.apps import AppConfig


class AidConfig(AppConfig):
    name = "aid"

    def ready(self) -> None:
        from aid import followers, helps, things, triggers  # noqa: F401

        things.declare_all()
        triggers.declare_all()
        helps.declare_all()
