"""What moderators did to questions before the public log told of it, from the journal.

As people.public_log would tell it now: an asker who closed their own question moderated nobody,
and lines without an actor hide one.
"""

from django.db import migrations
from django.db.models import Exists, OuterRef

OF_ASKERS_TOO = ("forum.question_closed", "forum.question_reopened")
MERGERS = ("forum.questions_merged", "forum.merger_undone")
VERBS = (
    *OF_ASKERS_TOO,
    *MERGERS,
    "forum.question_locked",
    "forum.question_unlocked",
    "forum.question_split",
    "forum.split_undone",
)
BATCH = 500
MOST_RULE = 20


def tell(apps, schema_editor):
    journal = apps.get_model("core", "JournalLine").objects
    log = apps.get_model("people", "LogLine").objects
    questions = apps.get_model("forum", "Question").objects
    untold = journal.filter(verb__in=VERBS, thing_kind="forum.question").filter(
        ~Exists(log.filter(line=OuterRef("pk")))
    )
    last = 0
    while lines := list(untold.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = lines[-1].pk
        of_askers = [line.thing_id for line in lines if line.verb in OF_ASKERS_TOO]
        askers = dict(questions.filter(pk__in=of_askers).values_list("pk", "author_id"))
        log.bulk_create(
            [
                log.model(
                    line=line,
                    at=line.at,
                    act=line.verb,
                    thing_kind=line.thing_kind,
                    rule=rule_of(line),
                    is_automatic=False,
                )
                for line in lines
                if is_of_others(line, askers)
            ],
            ignore_conflicts=True,
        )


def is_of_others(line, askers):
    if line.verb not in OF_ASKERS_TOO:
        return True
    if "by_asker" in line.changes:
        return not line.changes["by_asker"]
    known = line.actor_id is not None and line.thing_id in askers
    return known and line.actor_id != askers[line.thing_id]


def rule_of(line):
    rule = line.changes.get("rule") or line.changes.get("reason") or ""
    return str(rule or ("duplicate" if line.verb in MERGERS else ""))[:MOST_RULE]


class Migration(migrations.Migration):
    dependencies = [
        ("forum", "0020_reasons_to_move"),
        ("core", "0008_unsent_writer"),
        ("people", "0012_flags_for_secrets"),
    ]

    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
