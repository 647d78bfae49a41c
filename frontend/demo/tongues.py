"""Guides in several languages, words for tags, and translations of questions and answers."""

from datetime import datetime
from typing import Any

from forum import actions
from forum.models import Guide, GuideRevision, Question, Rendition, Tag
from frontend.demo.people import People
from frontend.demo.reading import ago, read


def load_tongues(people: People) -> None:
    """Load what the files tell, through the actions people use."""
    facts: Any = read("tongues")
    _name_tags(people, facts["tags"])
    for row in facts["guides"]:
        _write_guide(people, row)
    for row in facts["renditions"]:
        _translate(people, row)


def _name_tags(people: People, rows: Any) -> None:
    tags = {tag.name: tag for tag in Tag.objects.filter(name__in=rows)}
    for name, languages in rows.items():
        for language, words in languages.items():
            first, *others = words["words"]
            facts: dict[str, Any] = {"actor": people["bao"], "tag_id": tags[name].pk}
            actions.describe_tag(
                language=language, name=first, description=words.get("about", ""), **facts
            )
            for other in others:
                actions.add_synonym(language=language, name=other, **facts)
    actions.choose_tag(actor=people["aminata"], tag_id=tags["mail"].pk, kind="follow")
    actions.choose_tag(actor=people["bao"], tag_id=tags["backup"].pk, kind="follow")


def _write_guide(people: People, row: dict[str, Any]) -> None:
    words = ("title", "summary", "source")
    guide = actions.write_guide(
        actor=people[row["author"]],
        language=row["language"],
        **{word: row[word] for word in words},
    )
    _date(guide, 1, row["days_ago"])
    for one in row.get("translations", []):
        made = actions.translate_guide(
            actor=people[one["author"]],
            guide_id=guide.pk,
            language=one["language"],
            from_revision=1,
            **{word: one[word] for word in words},
        )
        _date(made, 1, one["days_ago"])
    change = row.get("change")
    if change:
        actions.edit_guide(
            actor=people[change["author"]],
            guide_id=guide.pk,
            revision=1,
            title=row["title"],
            summary=row["summary"],
            source=row["source"].replace(change["old"], change["new"]),
        )
        Guide.objects.filter(pk=guide.pk).update(edited_at=_date(guide, 2, change["days_ago"]))


def _date(guide: Guide, number: int, days: float) -> datetime:
    moment = ago(days)
    if number == 1:
        Guide.objects.filter(pk=guide.pk).update(created_at=moment)
    GuideRevision.objects.filter(guide=guide, number=number).update(at=moment)
    return moment


def _translate(people: People, row: dict[str, Any]) -> None:
    question = Question.objects.get(title=row["question"])
    facts = {"actor": people[row["author"]], "language": row["language"], "from_revision": 1}
    made = [
        actions.render_post(
            kind="forum.question",
            object_id=question.pk,
            title=row["title"],
            source=row["source"],
            **facts,
        )
    ]
    acceptance = getattr(question, "acceptance", None)
    if row.get("answer") and acceptance is not None:
        made.append(
            actions.render_post(
                kind="forum.answer",
                object_id=acceptance.answer_id,
                source=row["answer"],
                **facts,
            )
        )
    ids = [one.pk for one in made]
    Rendition.objects.filter(pk__in=ids).update(created_at=ago(row["days_ago"]))
