from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_migrate, pre_migrate


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        from core import active, csrf, finding, proxies, triggers, unsent, walking  # noqa: F401

        active.keep_in_one_step()
        csrf.mask_quickly()
        triggers.declare(triggers.append_only("core_journalline"))
        # Once a migrate, not once an app: core's own signal is the last app's as good as any.
        user_logged_in.connect(unsent.forget_others)
        pre_migrate.connect(triggers.before_migrate, sender=self)
        post_migrate.connect(triggers.after_migrate, sender=self)
