"""Tags: all of them, one of them, what one follows; and their words, for those who keep them."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.errors import NotAllowed, StaleRevision, seen
from core.kept import kept_for_visitors
from core.pages import done, once, sends_secrets, signed_in, submit, wants_fragment, words_asked
from core.pagination import keyset_page
from forum import actions, queries, rules, tags
from forum.forms import QuestionTagsForm
from forum.forms_tags import MergeForm, SynonymForm, TagWordsForm
from forum.models import Question
from forum.views.lists import explained, filters_of, narrowed_by
from people.present import me

TABS = ("newest", "unanswered", "active")
LANGUAGES = dict(settings.SPOKEN_LANGUAGES)


@require_safe
@kept_for_visitors("forum")
def all_tags(request: HttpRequest) -> HttpResponse:
    """List the tags; while one types (a fragment), the words that begin so."""
    text = words_asked(request.GET, "q", tags.LONGEST)
    if wants_fragment(request):
        line = words_asked(request.GET, "tags", 300)
        names = queries.lines_like(line) if line else queries.tags_like(text)
        return render(request, "forum/_tags.html", {"names": names})
    rows = queries.all_tags(text)
    page = keyset_page(rows, ("-question_count", "id"), request.GET.get("cursor") or None, 60)
    return render(request, "forum/tags.html", {"page": page, "q": text})


@require_safe
@kept_for_visitors("forum", "people")
def tag(request: HttpRequest, tag_name: str) -> HttpResponse:
    """Show a tag with its questions, in an order (`order`); every word for it leads here."""
    return _tag_page(request, tag_name)


def _tag_page(
    request: HttpRequest, tag_name: str, merge_form: MergeForm | None = None
) -> HttpResponse:
    """merge_form: a refused one."""
    asked = request.GET.get("order", "")
    order = asked if asked in TABS else "newest"
    facts = queries.tag_page(
        request.user,
        tag_name,
        reads=request.LANGUAGE_CODE,
        order=order,
        cursor=request.GET.get("cursor") or None,
        **filters_of(request),
    )
    context = {
        "facts": facts,
        "tag": facts.tag,
        "page": facts.questions,
        "order": order,
        "feed": reverse("tag_feed", args=[facts.tag.name]),
        "merge_form": (merge_form or MergeForm()) if facts.can_merge else None,
        **narrowed_by(request),
        **explained(request, facts.questions.results, order, facts.tag.label),
    }
    return render(request, "forum/tag.html", context, status=422 if merge_form else 200)


@signed_in
@once
def words(request: HttpRequest, tag_name: str) -> HttpResponse:
    """Name and describe a tag in a language (`language`), and keep its synonyms."""
    if not rules.can_name_tags(request.user):
        raise NotAllowed
    found = tags.find(tag_name)
    asked = request.POST.get("language") or request.GET.get("language", "")
    language = asked if asked in LANGUAGES else request.LANGUAGE_CODE
    if request.method != "POST":
        return _words_page(request, found, language)
    form = TagWordsForm(request.POST)
    if form.is_valid():
        changed = submit(
            form,
            actions.describe_tag,
            actor=me(request),
            tag_id=found.pk,
            send_secrets=sends_secrets(request),
            **form.cleaned_data,
        )
        if changed is not None:
            messages.success(request, _("The words of this tag are kept."))
            return done(request, changed.path)
    return _words_page(request, found, language, form, 422)


def _words_page(
    request: HttpRequest,
    found: Any,
    language: str,
    form: Any = None,
    status: int = 200,
    *,
    synonym_form: SynonymForm | None = None,
) -> HttpResponse:
    initial = {
        "language": language,
        "name": found.names.get(language, ""),
        "description": found.descriptions.get(language, ""),
    }
    context = {
        "tag": found,
        "language": language,
        "languages": settings.SPOKEN_LANGUAGES,
        "words": queries.words_of(found),
        "form": form or TagWordsForm(initial=initial),
        "synonym_form": synonym_form
        or SynonymForm(initial={"language": language}, auto_id="synonym_%s"),
    }
    return render(request, "forum/tag_words.html", context, status=status)


@require_POST
@signed_in
def add_synonym(request: HttpRequest, tag_name: str) -> HttpResponse:
    """Let a word lead to a tag."""
    if not rules.can_name_tags(request.user):
        raise NotAllowed
    found = tags.find(tag_name)
    form = SynonymForm(request.POST, auto_id="synonym_%s")
    if form.is_valid():
        submit(form, actions.add_synonym, actor=me(request), tag_id=found.pk, **form.cleaned_data)
    language = request.POST.get("language", "")
    if not form.errors:
        return _to_words(request, found, language)
    language = language if language in LANGUAGES else request.LANGUAGE_CODE
    return _words_page(request, found, language, status=422, synonym_form=form)


@require_POST
@signed_in
def remove_synonym(request: HttpRequest, tag_name: str, word_id: int) -> HttpResponse:
    """Let a word lead to a tag no more."""
    found = tags.find(tag_name)
    actions.remove_synonym(actor=me(request), tag_id=found.pk, word_id=word_id)
    return _to_words(request, found, request.POST.get("language", ""))


def _to_words(request: HttpRequest, found: Any, language: str) -> HttpResponse:
    page = reverse("tag_words", args=[found.name])
    return done(request, f"{page}?language={language}" if language in LANGUAGES else page)


@require_POST
@signed_in
def choose(request: HttpRequest, tag_name: str) -> HttpResponse:
    """Follow a tag, mute it, or neither."""
    found = tags.find(tag_name)
    kind = request.POST.get("kind", "")
    actions.choose_tag(actor=me(request), tag_id=found.pk, kind=kind)
    back = reverse("my_tags") if request.POST.get("from") == "mine" else found.path
    context = {"tag": found, "choice": kind}
    return done(request, back, "" if back != found.path else "forum/_tag_choice.html", context)


@require_POST
@signed_in
def merge(request: HttpRequest, tag_name: str) -> HttpResponse:
    """Make this tag part of another."""
    if not rules.can_merge_tags(request.user):
        raise NotAllowed
    found = tags.find(tag_name)
    form = MergeForm(request.POST)
    if form.is_valid():
        into = form.cleaned_data["into"]
        submit(form, actions.merge_tags, actor=me(request), tag_id=found.pk, into_id=into.pk)
        if not form.errors:
            return done(request, into.path)
    return _tag_page(request, found.name, form)


@require_POST
@signed_in
def undo_merge(request: HttpRequest, merge_id: int) -> HttpResponse:
    """Make two tags of one again."""
    row = actions.undo_tag_merge(actor=me(request), merge_id=merge_id)
    return done(request, row.into.path)


@require_safe
@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    """List the questions under the tags one follows, and what one chose."""
    person = me(request)
    page = queries.my_tags_page(person, request.GET.get("cursor") or None)
    context = {"page": page, "chosen": queries.chosen_tags(person)}
    return render(request, "forum/my_tags.html", context)


@signed_in
@once
def tag_question(request: HttpRequest, question_id: int) -> HttpResponse:
    """Change the tags of a question alone."""
    row = seen(Question.objects.visible_to(request.user), pk=question_id)
    if not rules.can_tag(request.user, row):
        raise NotAllowed
    if request.method != "POST":
        names = ", ".join(one.name_in(row.language) for one in row.tags.all())
        form = QuestionTagsForm(initial={"tags": names, "revision": row.revision})
        return _tags_page(request, row, form)
    form = QuestionTagsForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            changed = submit(
                form,
                actions.tag_question,
                actor=me(request),
                question_id=question_id,
                revision=data["revision"],
                tag_names=data["tags"],
                why=data["why"],
                send_secrets=sends_secrets(request),
            )
        except StaleRevision as stale:
            again = QuestionTagsForm({**request.POST.dict(), "revision": stale.extra["revision"]})
            newer = ", ".join(stale.extra["tags"])
            return _tags_page(request, row, again, 409, is_stale=True, newer=newer)
        if changed is not None:
            return done(request, changed.path)
    return _tags_page(request, row, form, 422)


def _tags_page(
    request: HttpRequest, post: Question, form: Any, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"form": form, "post": post, **more}
    return render(request, "forum/question_tags.html", context, status=status)
