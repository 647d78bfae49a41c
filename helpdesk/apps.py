from django.apps import AppConfig


class HelpdeskConfig(AppConfig):
    name = "helpdesk"

    def ready(self) -> None:
        from core import health
        from helpdesk import followers, rooms, rungs, tasks, things  # noqa: F401  (by import)
        from helpdesk.queries.mails import health_of_mails

        health.declare("mails", health_of_mails)
        things.declare_all()
        rooms.declare_all()
        rungs.declare_all()
        from helpdesk import (  # noqa: F401  (declared by import)
            publishing_followers,
            rooms,
            things,
            triggers,
            words,
        )

        triggers.declare_all()
