from django.apps import AppConfig


class ForumConfig(AppConfig):
    name = "forum"

    def ready(self) -> None:
        from forum import documents, followers, things  # noqa: F401

        things.declare_all()
        documents.declare_all()
