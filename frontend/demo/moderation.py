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
    plain = [one for one in people.values() if not one.grants and one.may_act]
    question = Question.objects.filter(language="fr", answer_count__gt=0).order_by("pk").first()
    if moderator is None or question is None or len(plain) < 2:
        return
    writer, reader = plain[0], next(one for one in plain[1:] if one.pk != question.author_id)
    _hold(writer, question)
    _take_away(moderator, writer, question)
    actions.flag(
        actor=reader,
        kind="forum.question",
        object_id=question.pk,
        reason="private",
        text="On lit un nom de famille dans le message d’erreur.",
    )
    actions.reckon_all_trust()
    for line in JournalLine.objects.filter(verb__in=public_log.verbs()).order_by("pk"):
        public_log.log(line)


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
