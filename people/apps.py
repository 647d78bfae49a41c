from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "people"

    def ready(self) -> None:
        from people import followers, tasks, things  # noqa: F401  (declared by import)

        things.declare_all()
