"""The first texts of posts that imports brought in, kept as revisions as those of others are.

Of one that was edited since, what it says now is kept already; what it said first is gone.
"""

from django.db import migrations
from django.db.models import Exists, OuterRef

BATCH = 500


def keep(apps, schema_editor):
    for name in ("question", "answer"):
        keep_all(apps, name)


def keep_all(apps, name):
    posts = apps.get_model("forum", name).objects
    revisions = apps.get_model("forum", "Revision").objects
    kept = revisions.filter(**{name: OuterRef("pk")}, number=OuterRef("revision"))
    without = posts.filter(~Exists(kept))
    last = 0
    while page := list(without.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = page[-1].pk
        tags = tags_of(apps, page) if name == "question" else {}
        revisions.bulk_create(
            [
                revisions.model(
                    **{name: post},
                    number=post.revision,
                    title=getattr(post, "title", ""),
                    source=post.source,
                    tags=sorted(tags.get(post.pk, [])),
                    author_id=post.author_id,
                    at=post.edited_at or post.created_at,
                    wording=post.wording,
                )
                for post in page
            ]
        )


def tags_of(apps, questions):
    tagged = apps.get_model("forum", "TaggedQuestion").objects.filter(content_object__in=questions)
    found = {}
    for question, tag in tagged.values_list("content_object_id", "tag__name"):
        found.setdefault(question, []).append(tag)
    return found


class Migration(migrations.Migration):
    dependencies = [("forum", "0021_acts_before_the_log")]

    operations = [migrations.RunPython(keep, migrations.RunPython.noop)]
