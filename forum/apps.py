from django.apps import AppConfig


class ForumConfig(AppConfig):
    name = "forum"

    def ready(self) -> None:
        from forum import (  # noqa: F401  (some declare by import)
            documents,
            followers,
            helps,
            moderated,
            rooms,
            rungs,
            telling_followers,
            things,
        )

        things.declare_all()
        rooms.declare_all()
        documents.declare_all()
        rungs.declare_all()
        helps.declare_all()
        moderated.declare_all()
