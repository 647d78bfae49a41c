"""manage.py recount_tags [--repair]: hold what each tag says of its questions against them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from forum.actions import recount_tags, wrong_counts
from forum.models import Tag


class Command(BaseCommand):
    help = (
        "Count the questions that everyone sees under each tag, and name the tags where another "
        "number is kept; with --repair, keep what was counted."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        tags = {tag.pk: tag for tag in Tag.objects.order_by("pk")}
        wrong = wrong_counts(tags.values())
        for pk, count in wrong.items():
            self.stdout.write(f"{tags[pk].name}: {tags[pk].question_count}, counted {count}")
        if options["repair"]:
            self.stdout.write(f"{recount_tags(wrong)} tags repaired.")
        elif wrong:
            raise CommandError(f"{len(wrong)} tags differ from their questions.")
        else:
            self.stdout.write("Every tag says how many questions everyone sees under it.")
