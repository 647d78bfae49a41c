from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "people"

    def ready(self) -> None:
        from people import followers, tasks, things, triggers  # noqa: F401  (some declare by import)

        things.declare_all()
        triggers.declare_all()
