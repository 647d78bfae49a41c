"""Load the demo into an empty development installation."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from core.faces import COMMAND, coming_from
from core.models import Following
from frontend.demo import (
    aid,
    chat,
    desk,
    fairness,
    forum,
    helpdesk,
    mails,
    mentoring,
    moderation,
    people,
    platforms,
    public,
    tongues,
    workshops,
)
from people.models import Person
from search.actions import rebuild_index
from search.models import Pending


class Command(BaseCommand):
    help = "Load the demo: an association with people, questions, tickets, workshops and hours."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo is for development alone.")
        if Person.objects.exists():
            raise CommandError("There are people here already: the demo wants an empty database.")
        with transaction.atomic(), coming_from(COMMAND):
            self.load()
        rebuild_index()
        self.stdout.write(f"Demo accounts, all with the password {people.PASSWORD}")
        for role, address in people.accounts():
            self.stdout.write(f"  {role:<12}  {address}")

    def load(self) -> None:
        """Load every room, in the order in which they lean on each other."""
        skills = people.load_skills()
        everyone = people.load_people(skills)
        levels = people.load_levels()
        organisations = people.load_organisations(everyone)
        sites = people.load_sites(everyone, organisations, levels)
        forum.load_forum(everyone)
        tongues.load_tongues(everyone)
        platforms.load_platforms(everyone)
        helpdesk.load_states()
        tickets = helpdesk.load_helpdesk(everyone, sites)
        desk.load_desk(everyone, tickets)
        pairs = mentoring.load_mentoring(everyone)
        workshops.load_workshops(everyone)
        aid.load_aid(everyone)
        rooms = {f"mentorship:{n}": ("mentoring.mentorship", pair.pk) for n, pair in pairs.items()}
        rooms |= {f"ticket:{key}": ("helpdesk.ticket", row.pk) for key, row in tickets.items()}
        chat.load_chat(everyone, rooms)
        fairness.load_offers()
        fairness.load_visits(tickets.values())
        helpdesk.date_journal(tickets.values())
        public.load_public(everyone, tickets)
        mails.load_mails(tickets)
        moderation.load_moderation(everyone)
        self.forget_effects()

    def forget_effects(self) -> None:
        """Drop the effects of a season at once: hundreds of mails and notices of old news."""
        Following.objects.all().delete()
        DBTaskResult.objects.all().delete()
        Pending.objects.all().delete()
