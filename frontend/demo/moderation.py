"""A few weeks of moderation: what was flagged, held, decided, appealed against; and trust."""

from core.faces import PAGE, coming_from
from core.models import JournalLine
from forum import actions as forum
from forum.models import Question
from frontend.demo.people import People
from people import actions, public_log
from people.models import Person

LINKS = "https://boost.example/fr https://boost.example/offre https://boost.example/prix"


def load_moderation(people: People) -> None:
    """Flag, hold, take away, appeal; reckon how far everyone is trusted; fill the public log."""
    moderator = Person.objects.with_role("moderator").order_by("pk").first()
    answered = Question.objects.filter(language="fr", answer_count__gt=0, closure=None)
    questions = list(answered.order_by("pk")[:3])
    if moderator is None or len(questions) < 3:
        return
    held_on, private_on, taken_from = questions
    _hold(people["bio-locale"], held_on)
    _take_away(moderator, people["bio-locale"], taken_from)
    _flag(people["atelier-velo"], people["mamadou-diop"], private_on)
    _silence(moderator)
    actions.reckon_all_trust()
    for line in JournalLine.objects.filter(verb__in=public_log.verbs()).order_by("pk"):
        public_log.log(line)


def _flag(reader: Person, writer: Person, question: Question) -> None:
    comment = forum.comment(
        actor=writer,
        question_id=question.pk,
        source="Ma nièce a eu la même chose, appelez-la au 06 39 98 12 34, elle vous expliquera.",
    )
    actions.flag(
        actor=reader,
        kind="forum.comment",
        object_id=comment.pk,
        reason="private",
        text="Le numéro de téléphone d’une autre personne est écrit là.",
    )


def _silence(moderator: Person) -> None:
    """Somebody was silenced and wrote again since: the log tells of both."""
    handle = "bio-locale"
    actions.sanction(
        actor=moderator,
        handle=handle,
        kind="silence",
        rule="unkind",
        reason="Parlez du travail, pas de la personne : trois messages moquaient qui demandait.",
        days=3,
    )
    actions.lift_sanction(actor=moderator, handle=handle)


def _hold(writer: Person, question: Question) -> None:
    with coming_from(PAGE):
        forum.answer(
            actor=writer,
            question_id=question.pk,
            source=f"Votre site serait plus rapide chez eux : {LINKS}",
            language="fr",
        )


def _take_away(moderator: Person, writer: Person, question: Question) -> None:
    comment = forum.comment(
        actor=writer, question_id=question.pk, source="Essayez plutôt https://boost.example/fr !"
    )
    removal = actions.remove_post(
        actor=moderator,
        kind="forum.comment",
        object_id=comment.pk,
        rule="spam",
        reason="C’est une publicité : elle n’aide pas la personne qui demande.",
    )
    actions.appeal(
        actor=writer,
        subject="removal",
        subject_id=removal.pk,
        text="Je voulais seulement montrer où j’héberge mon propre site.",
    )
