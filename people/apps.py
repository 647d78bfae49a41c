from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "people"

    def ready(self) -> None:
        from people import followers, things  # noqa: F401  (followers are declared by import)

        things.declare_all()
