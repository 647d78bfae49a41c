"""Django's migrate, which gives an empty database its tables at once, as all migrations leave them.

Step by step the migrations make each model's class anew for each thing that changes: half a minute
of a first start, and of every process of tests. tests/core/test_tables.py compares the two ways.
"""

from typing import Any

from django.core.management.base import CommandParser, no_translations
from django.core.management.commands import migrate
from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor

from core.operations import MakeBesideModels

OF_SOME = ("app_label", "plan", "check_unapplied", "prune", "fake", "fake_initial", "steps")


class Command(migrate.Command):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--steps",
            action="store_true",
            help="apply the migrations one by one to an empty database too",
        )

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        if not any(options[name] for name in OF_SOME):
            connection.prepare_database()
            if not connection.introspection.table_names():
                self._make_all(connection)
        super().handle(*args, **options)

    def _make_all(self, connection: Any) -> None:
        """Make every table and write down that all migrations are applied: all of it or nothing."""
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)
        apps = executor.loader.project_state().apps
        # SQLite wants the checks of foreign keys off before a transaction begins.
        with connection.constraint_checks_disabled(), transaction.atomic(using=connection.alias):
            with connection.schema_editor() as editor:
                for model in apps.get_models():
                    if model._meta.can_migrate(connection):
                        # What taggit's migrations say of its models has one index twice.
                        by_name = {index.name: index for index in model._meta.indexes}
                        model._meta.indexes = list(by_name.values())
                        editor.create_model(model)
            executor.recorder.ensure_schema()
            for migration, _backwards in plan:
                for operation in migration.operations:
                    if isinstance(operation, MakeBesideModels):
                        with connection.schema_editor() as editor:
                            operation.code(apps, editor)
                executor.recorder.record_applied(migration.app_label, migration.name)
