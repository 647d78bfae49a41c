from django.apps import AppConfig


class WorkshopsConfig(AppConfig):
    name = "workshops"

    def ready(self) -> None:
        from workshops import followers, rooms, things, triggers  # noqa: F401

        things.declare_all()
        rooms.declare_all()
        triggers.declare_all()
