from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "chat"

    def ready(self) -> None:
        from chat import followers, tasks, things  # noqa: F401  (declared by import)

        things.declare_all()
