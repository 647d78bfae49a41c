"""Addresses of the forum."""

from django.urls import URLPattern, path

from forum.views import (
    answering,
    asking,
    commenting,
    curating,
    drafting,
    finding,
    guides,
    helping,
    lists,
    packs,
    platforms,
    question,
    reading,
    renditions,
    revising,
    secrets,
    setups,
    suggesting,
    tags,
)

QUESTION, ANSWER = {"kind": "forum.question"}, {"kind": "forum.answer"}
COMMENT = {"kind": "forum.comment"}
_q, _a, _s = (
    "questions/<int:question_id>",
    "answers/<int:answer_id>",
    "suggestions/<int:suggestion_id>",
)
_g = "guides/<int:guide_id>"
_t = "tags/<str:tag_name>"


def kept(of: dict[str, str], name: str) -> list[URLPattern]:
    """Return the addresses of a post's revisions."""
    here = f"{name}s/<int:object_id>/revisions"
    return [
        path(here, revising.revisions, of, f"{name}_revisions"),
        path(f"{here}/compare", revising.compare, of, f"compare_{name}"),
    ]


def changing(of: dict[str, str], name: str) -> list[URLPattern]:
    """Return the addresses of a post's revisions and of changes suggested to it."""
    here = f"{name}s/<int:object_id>"
    return [
        *kept(of, name),
        path(f"{here}/reversion", revising.revert, of, f"revert_{name}"),
        path(f"{here}/suggest", suggesting.suggest, of, f"suggest_{name}"),
    ]


urlpatterns = [
    path("questions", lists.questions, name="questions"),
    path("questions/unanswered", lists.questions, {"order": "unanswered"}, "unanswered"),
    path("questions/active", lists.questions, {"order": "active"}, "active"),
    path("questions/reading", reading.reading, name="questions_reading"),
    path("questions.atom", finding.list_feed, name="questions_feed"),
    path("questions/unanswered.atom", finding.list_feed, {"order": "unanswered"}),
    path("questions/active.atom", finding.list_feed, {"order": "active"}),
    path("questions/tagged/<str:tag>.atom", finding.list_feed, name="tag_feed"),
    path("questions/<int:question_id>.atom", finding.question_feed, name="question_feed"),
    path("guides.atom", finding.guides_feed, name="guides_feed"),
    path("guides/in/<str:language>.atom", finding.guides_feed, name="guides_feed_in"),
    path("sitemap.xml", finding.sitemap_index, name="sitemap_index"),
    path("sitemap-<int:page>.xml", finding.sitemap, name="sitemap"),
    path("sitemap-guides.xml", finding.guides_sitemap, name="guides_sitemap"),
    path("robots.txt", finding.robots, name="robots"),
    path("questions/for-me", helping.for_me, name="for_me"),
    path("questions/mine", lists.mine, name="my_questions"),
    path("drafts", drafting.drafts, name="drafts"),
    path("drafts/<uuid:token>/deletion", drafting.delete_draft, name="delete_draft"),
    path("previews", drafting.previews, name="previews"),
    path("asks/choice", helping.choose, name="choose_asks"),
    path("ask-mails/<str:token>", helping.stop_mails, name="ask_mails_stop"),
    path("asks/<int:ask_id>/outcome", helping.settle, name="settle_ask"),
    path("questions/ask", asking.ask, name="ask"),
    path("questions/similar", asking.similar, name="similar"),
    path(
        "questions/<int:object_id>/translate", renditions.translate, QUESTION, "translate_question"
    ),
    path("answers/<int:object_id>/translate", renditions.translate, ANSWER, "translate_answer"),
    path("renditions/<int:rendition_id>/edit", renditions.edit, name="edit_rendition"),
    path("renditions/<int:rendition_id>/removal", renditions.remove, name="remove_rendition"),
    path("guides", guides.guides, name="guides"),
    path("guides/new", guides.write, name="write_guide"),
    path(f"{_g}/edit", guides.edit, name="edit_guide"),
    path(f"{_g}/translate", guides.translate, name="translate_guide"),
    path("guides/<int:object_id>/purge", secrets.purge, {"kind": "forum.guide"}, "purge_guide"),
    path(f"{_g}/revisions", guides.revisions, name="guide_revisions"),
    path(f"{_g}/editors", guides.add_editor, name="add_guide_editor"),
    path(f"{_g}/editors/<str:handle>/removal", guides.drop_editor, name="drop_guide_editor"),
    path(_g, guides.guide, name="guide_short"),
    path(f"{_g}/<str:slug>", guides.guide, name="guide"),
    path("questions/my-tags", tags.mine, name="my_tags"),
    path("tags", tags.all_tags, name="tags"),
    path(_t, tags.tag, name="tag"),
    path(f"{_t}/words", tags.words, name="tag_words"),
    path(f"{_t}/synonyms", tags.add_synonym, name="add_synonym"),
    path(
        f"{_t}/synonyms/<int:word_id>/removal",
        tags.remove_synonym,
        name="drop_synonym",
    ),
    path(f"{_t}/choice", tags.choose, name="choose_tag"),
    path(f"{_t}/merger", tags.merge, name="merge_tag"),
    path("tag-merges/<int:merge_id>/undo", tags.undo_merge, name="undo_merge"),
    path("platforms", platforms.platforms, name="platforms"),
    path("platforms/new", platforms.add_platform, name="add_platform"),
    path("platforms/<int:platform_id>/versions", platforms.add_version, name="add_version"),
    path("platform-versions/<int:version_id>", platforms.dates, name="platform_version"),
    path("rechecks", setups.rechecks, name="rechecks"),
    path("rechecks/<int:recheck_id>/outcome", setups.settle, name="settle_recheck"),
    path("packs", packs.packs, name="packs"),
    path(f"{_q}/setup", setups.setup, name="setup"),
    path(f"{_a}/attestations", setups.attestations, name="attestations"),
    path(f"{_a}/attestation", setups.attest, name="attest"),
    path(f"{_a}/attestation/undo", setups.undo_attestation, name="undo_attestation"),
    path(f"{_q}/answers", answering.answer, name="answer"),
    path(f"{_q}/newer", question.newer, name="newer_answers"),
    path(f"{_q}/acceptance", answering.accept, name="accept"),
    path(f"{_q}/acceptance/undo", answering.undo_acceptance, name="undo_acceptance"),
    path(f"{_q}/comments", answering.comment, name="comment_question"),
    path(f"{_q}/curating", curating.curating, name="curating"),
    path(f"{_q}/closure", curating.close, name="close_question"),
    path(f"{_q}/closure/undo", curating.reopen, name="reopen_question"),
    path(f"{_q}/lock", curating.lock, name="lock_question"),
    path(f"{_q}/lock/undo", curating.unlock, name="unlock_question"),
    path(f"{_q}/merger", curating.merge, name="merge_question"),
    path(f"{_q}/merger/undo", curating.undo_merge, name="undo_question_merge"),
    path(f"{_q}/split", curating.split, name="split_question"),
    path(f"{_q}/split/undo", curating.undo_split, name="undo_question_split"),
    path(f"{_q}/asker", curating.asker, name="learn_asker"),
    path(f"{_q}/lease", curating.take_lease, name="take_lease"),
    path(f"{_q}/lease/undo", curating.release_lease, name="release_lease"),
    path(f"{_q}/ranking", curating.ranking, name="ranking"),
    path(f"{_q}/edit", asking.edit_question, name="edit_question"),
    path(f"{_q}/tags", tags.tag_question, name="tag_question"),
    path("questions/<int:object_id>/purge", secrets.purge, QUESTION, "purge_question"),
    path("questions/<int:object_id>/votes", answering.vote, QUESTION, "vote_question"),
    path(f"{_a}/comments", answering.comment, name="comment_answer"),
    path(f"{_a}/edit", asking.edit_answer, name="edit_answer"),
    path("answers/<int:object_id>/votes", answering.vote, ANSWER, "vote_answer"),
    *changing(QUESTION, "question"),
    *changing(ANSWER, "answer"),
    path("comments/<int:comment_id>/edit", commenting.edit_comment, name="edit_comment"),
    *kept(COMMENT, "comment"),
    path(f"{_a}/wiki", revising.make_wiki, name="make_wiki"),
    path(f"{_a}/wiki/undo", revising.undo_wiki, name="undo_wiki"),
    path("suggestions", suggesting.suggestions, name="suggestions"),
    path("suggestions/mine", suggesting.my_suggestions, name="my_suggestions"),
    path(_s, suggesting.suggestion, name="suggestion"),
    path(f"{_s}/acceptance", suggesting.accept, name="accept_suggestion"),
    path(f"{_s}/refusal", suggesting.decline, name="decline_suggestion"),
    path(f"{_s}/withdrawal", suggesting.withdraw, name="withdraw_suggestion"),
    path(_q, question.question, name="question_short"),
    path(f"{_q}/<str:slug>", question.question, name="question"),
    path(f"{_q}/<str:slug>/<int:number>", question.further, name="question_page"),
    path("answers/<int:object_id>", question.found_post, ANSWER, "answer_found"),
    path("comments/<int:object_id>", question.found_post, COMMENT, "comment_found"),
]
