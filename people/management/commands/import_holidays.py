"""manage.py import_holidays CALENDAR FILE.ics: close the holidays of a file in a calendar."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.faces import COMMAND, coming_from
from people.actions import close_days
from people.holidays import YEARS, UnreadableFileError, holidays_in, years_ahead
from people.models import ServiceCalendar


class Command(BaseCommand):
    help = (
        "Close the whole days that an iCalendar file names, in the service calendar of this slug: "
        f"those of this year and the next {YEARS}, recurring ones expanded. The same file again "
        "changes nothing; days are never opened by it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("calendar")
        parser.add_argument("file")

    def handle(self, *args: Any, **options: Any) -> None:
        calendar = ServiceCalendar.objects.filter(slug=options["calendar"]).first()
        if calendar is None:
            known = ", ".join(ServiceCalendar.objects.values_list("slug", flat=True)) or "none"
            raise CommandError(f"No calendar {options['calendar']}; there are: {known}.")
        first, last = years_ahead(timezone.now().date())
        try:
            days = holidays_in(Path(options["file"]).read_bytes(), first, last)
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        except UnreadableFileError as error:
            raise CommandError(f"{options['file']} is no calendar: {error}") from error
        with coming_from(COMMAND):
            new = close_days(actor=None, calendar_id=calendar.pk, days=days)
        self.stdout.write(f"{len(days)} days named until {last}, {new} of them newly closed.")
