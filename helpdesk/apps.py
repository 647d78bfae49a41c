from django.apps import AppConfig


class HelpdeskConfig(AppConfig):
    name = "helpdesk"

    def ready(self) -> None:
        from helpdesk import followers, rooms, things  # noqa: F401  (followers declare themselves)

        things.declare_all()
        rooms.declare_all()
