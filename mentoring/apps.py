from django.apps import AppConfig


class MentoringConfig(AppConfig):
    name = "mentoring"

    def ready(self) -> None:
        from mentoring import followers, helps, rooms, tasks, things  # noqa: F401

        things.declare_all()
        rooms.declare_all()
        helps.declare_all()
