"""A phpBB board comes in: its texts as Markdown, its tables from a real MariaDB."""

# ruff: noqa: E501  (rows of a board stand one a line)

import json
import os
import secrets
from contextlib import closing
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command

from core.files import files_of
from core.markup import preview
from core.models import StoredFile
from forum.models import Answer, Question
from forum.phpbb.markdown import to_markdown
from forum.phpbb.permissions import readable, with_files
from people.models import Person

UID = "1x2y3z4w"
SERVER = os.environ.get("MARIADB_URL", "mysql://root@127.0.0.1:3306")

XML = [
    ("<t>plain &amp; simple</t>", "plain & simple"),
    ("<t>one<br/>\ntwo<br/>\n<br/>\nthree</t>", "one\\\ntwo\n\nthree"),
    ("<t>*no* _no_ `no` # x</t>", "\\*no\\* \\_no\\_ \\`no\\` # x"),
    ("<t># no<br/>\n1. no<br/>\n- no</t>", "\\# no\\\n1\\. no\\\n\\- no"),
    ("<t>    not code</t>", "not code"),
    ("<r><B><s>[b]</s> bold <e>[/b]</e></B>!</r>", "**bold** !"),
    (
        "<r><B>bold</B> - no list, <B>1</B>. #x<br/>\n- no</r>",
        "**bold** - no list, **1**. #x\\\n\\- no",
    ),
    ("<r><I><s>[i]</s>a<br/>\nb<e>[/i]</e></I></r>", "*a*\\\n*b*"),
    ("<r><E>:)</E> <E>:unknown:</E></r>", "🙂 :unknown:"),
    (
        '<r><URL url="http://x.example/a_b"><s>[url=http://x.example/a_b]</s>a [b]'
        "<e>[/url]</e></URL></r>",
        "[a \\[b\\]](<http://x.example/a_b>)",
    ),
    (
        '<r><URL url="http://x.example/a_b">http://x.example/a_b</URL></r>',
        "<http://x.example/a_b>",
    ),
    ('<r><URL url="javascript:alert(1)"><s>[url]</s>x<e>[/url]</e></URL></r>', "x"),
    (
        '<r><QUOTE author="Bob"><s>[quote=Bob]</s>a<br/>\nb<QUOTE><s>[quote]</s>c<e>[/quote]</e>'
        "</QUOTE><e>[/quote]</e></QUOTE>\n\nd</r>",
        "> *Bob:*\n> \n> a\\\n> b\n> \n> > c\n\nd",
    ),
    (
        '<r><CODE lang="php"><s>[code=php]</s><i>\n</i>&lt;?php\n\n\n  ```\n<e>[/code]</e></CODE></r>',
        "````php\n<?php\n\n\n  ```\n````",
    ),
    (
        '<r><LIST type="decimal"><s>[list=1]</s>\n<LI><s>[*]</s>a</LI>\n<LI><s>[*]</s>b<LIST>'
        "<LI><s>[*]</s>c</LI></LIST></LI>\n<e>[/list]</e></LIST></r>",
        "1. a\n2. b\n\n   - c",
    ),
    (
        '<r><IMG src="https://x.example/i.png"><s>[img]</s>u<e>[/img]</e></IMG></r>',
        "![](<https://x.example/i.png>)",
    ),
    ('<r><COLOR color="red"><s>[color=red]</s>red<e>[/color]</e></COLOR></r>', "red"),
]
BBCODE = [
    (f"[b:{UID}]bold[/b:{UID}] [b]typed[/b]", "**bold** \\[b\\]typed\\[/b\\]"),
    (f"[quote=&quot;Bob&quot;:{UID}]a[/quote:{UID}]\nb", "> *Bob:*\n> \n> a\n\nb"),
    (
        f"[list:{UID}][*:{UID}]a[/*:m:{UID}][*:{UID}]b[/*:m:{UID}][/list:u:{UID}]",
        "- a\n- b",
    ),
    (f"[list=1:{UID}][*:{UID}]a[*:{UID}]b[/list:o:{UID}]", "1. a\n2. b"),
    (f"[code:{UID}]a &lt; b\n  c[/code:{UID}]", "```\na < b\n  c\n```"),
    (f"[url=http://x.example/?a=1&amp;b=2:{UID}]x[/url:{UID}]", "[x](<http://x.example/?a=1&b=2>)"),
    (
        '<!-- m --><a class="postlink" href="http://x.example/a_b">http://x.example/a_b</a><!-- m -->',
        "<http://x.example/a_b>",
    ),
    ('<!-- s:D --><img src="{SMILIES_PATH}/x.gif" alt=":D" title="x" /><!-- s:D -->', "😀"),
]


@pytest.mark.parametrize(("stored", "source"), XML)
def test_text_of_later_boards_becomes_markdown(stored, source):
    assert to_markdown(stored).source == source


@pytest.mark.parametrize(("stored", "source"), BBCODE)
def test_text_of_earlier_boards_becomes_markdown(stored, source):
    assert to_markdown(stored, UID).source == source


def test_unknown_tags_keep_their_words_and_are_counted():
    found = to_markdown("<r><SPOILER><s>[spoiler]</s>end<e>[/spoiler]</e></SPOILER></r>")
    assert (found.source, dict(found.lost)) == ("end", {"spoiler": 1})
    broken = to_markdown("<r><B>open</r>")
    assert (broken.source, dict(broken.lost)) == ("open", {"(unreadable)": 1})
    bomb = to_markdown('<r><!DOCTYPE x [<!ENTITY a "aaaa">]>&a;</r>')
    assert dict(bomb.lost) == {"(unreadable)": 1}


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        ("<t>a | b<br/>\n- | -</t>", "a | b"),
        ("<t>&amp;copy; &lt;script&gt;</t>", "&amp;copy; &lt;script&gt;"),
        ("<t>![x](http://x.example)</t>", "![x]("),
    ],
)
def test_words_look_as_they_were_typed(stored, words):
    assert words in preview(to_markdown(stored).source)


# Tables as in phpBB 3.3's schema, the columns that matter and some that do not.
TABLES = """
CREATE TABLE phpbb_forums (forum_id mediumint unsigned PRIMARY KEY, parent_id mediumint unsigned
  NOT NULL DEFAULT 0, forum_name varchar(255) NOT NULL, forum_desc text,
  forum_password varchar(255) NOT NULL DEFAULT '');
CREATE TABLE phpbb_users (user_id int unsigned PRIMARY KEY, user_type tinyint NOT NULL DEFAULT 0,
  username varchar(255) NOT NULL, username_clean varchar(255) NOT NULL DEFAULT '',
  user_password varchar(255) NOT NULL DEFAULT '', user_email varchar(100) NOT NULL DEFAULT '',
  user_regdate int unsigned NOT NULL DEFAULT 0);
CREATE TABLE phpbb_topics (topic_id int unsigned PRIMARY KEY, forum_id mediumint unsigned NOT NULL,
  topic_title varchar(255) NOT NULL, topic_poster int unsigned NOT NULL DEFAULT 0,
  topic_time int unsigned NOT NULL DEFAULT 0, topic_first_post_id int unsigned NOT NULL,
  topic_moved_id int unsigned NOT NULL DEFAULT 0, poll_start int unsigned NOT NULL DEFAULT 0,
  topic_status tinyint NOT NULL DEFAULT 0, topic_type tinyint NOT NULL DEFAULT 0, {topic} tinyint NOT NULL DEFAULT 1);
CREATE TABLE phpbb_posts (post_id int unsigned PRIMARY KEY, topic_id int unsigned NOT NULL,
  forum_id mediumint unsigned NOT NULL, poster_id int unsigned NOT NULL,
  post_time int unsigned NOT NULL, post_username varchar(255) NOT NULL DEFAULT '',
  post_text mediumtext NOT NULL, bbcode_uid varchar(8) NOT NULL DEFAULT '',
  post_edit_time int unsigned NOT NULL DEFAULT 0, {post} tinyint NOT NULL DEFAULT 1);
CREATE TABLE phpbb_attachments (attach_id int unsigned PRIMARY KEY, post_msg_id int unsigned
  NOT NULL, topic_id int unsigned NOT NULL DEFAULT 0, in_message tinyint NOT NULL DEFAULT 0,
  poster_id int unsigned NOT NULL DEFAULT 0, is_orphan tinyint NOT NULL DEFAULT 0,
  physical_filename varchar(255) NOT NULL, real_filename varchar(255) NOT NULL);
CREATE TABLE phpbb_acl_options (auth_option_id mediumint unsigned PRIMARY KEY,
  auth_option varchar(50) NOT NULL);
CREATE TABLE phpbb_acl_groups (group_id mediumint unsigned NOT NULL, forum_id mediumint unsigned
  NOT NULL, auth_option_id mediumint unsigned NOT NULL, auth_role_id mediumint unsigned NOT NULL,
  auth_setting tinyint NOT NULL);
CREATE TABLE phpbb_acl_users (user_id int unsigned NOT NULL, forum_id mediumint unsigned NOT NULL,
  auth_option_id mediumint unsigned NOT NULL, auth_role_id mediumint unsigned NOT NULL,
  auth_setting tinyint NOT NULL);
CREATE TABLE phpbb_acl_roles_data (role_id mediumint unsigned NOT NULL, auth_option_id mediumint
  unsigned NOT NULL, auth_setting tinyint NOT NULL);
CREATE TABLE phpbb_user_group (group_id mediumint unsigned NOT NULL, user_id int unsigned NOT NULL,
  user_pending tinyint NOT NULL);
"""
ROWS = """
INSERT INTO phpbb_forums (forum_id, forum_name, forum_password) VALUES (2, 'Sites &amp; PHP', ''),
  (3, 'Staff only', ''), (4, 'By a password', 'HASHED'), (5, 'Never', ''), (6, 'Listed alone', ''),
  (7, 'By a right of their own', ''), (8, 'Of a group that is asked for', '');
INSERT INTO phpbb_acl_options VALUES (1, 'f_'), (14, 'f_list'), (20, 'f_read'), (12, 'f_download'), (91, 'u_download');
INSERT INTO phpbb_acl_roles_data VALUES (17, 1, 1), (17, 14, 1), (17, 20, 1);
INSERT INTO phpbb_user_group VALUES (1, 1, 0), (5, 2, 0), (9, 1, 1);
INSERT INTO phpbb_acl_groups VALUES (1, 0, 14, 0, 1), (1, 0, 20, 0, 1), (1, 0, 91, 0, 1), (1, 2, 0, 17, 0),
  (5, 3, 0, 17, 0), (1, 4, 0, 17, 0), (1, 5, 0, 17, 0), (1, 5, 20, 0, 0), (1, 6, 14, 0, 1), (9, 8, 0, 17, 0);
INSERT INTO phpbb_acl_users VALUES (1, 7, 14, 0, 1), (1, 7, 20, 0, 1), (2, 3, 0, 17, 0);
INSERT INTO phpbb_users (user_id, user_type, username, user_password, user_email, user_regdate)
  VALUES (1, 2, 'Anonymous', '', '', 0), (2, 3, 'Zoé &quot;Z&quot;', 'HASHED', 'Zoe@board.example', 1300000000),
  (3, 0, 'Bob', 'HASHED', 'bao@people.example', 1300000001), (4, 0, 'Nobody', '', 'no address', 1300000002),
  (5, 2, 'Googlebot', '', '', 0);
INSERT INTO phpbb_topics (topic_id, forum_id, topic_title, topic_first_post_id, topic_moved_id, {topic}) VALUES
  (10, 2, 'Page blanche &amp; PHP', 100, 0, 1), (11, 3, 'SECRETPLUM staff', 110, 0, 1),
  (12, 2, 'SECRETPLUM not approved', 120, 0, 0), (13, 2, 'Shadow', 100, 10, 1),
  (14, 4, 'SECRETPLUM by a password', 140, 0, 1), (15, 5, 'SECRETPLUM never', 150, 0, 1),
  (16, 6, 'SECRETPLUM listed', 160, 0, 1), (18, 8, 'SECRETPLUM of a group', 180, 0, 1);
UPDATE phpbb_topics SET poll_start = 1300001000, topic_status = 1, topic_type = 1 WHERE topic_id = 10;
UPDATE phpbb_topics SET topic_type = 3 WHERE topic_id = 11;
INSERT INTO phpbb_posts (post_id, topic_id, forum_id, poster_id, post_time, post_text, bbcode_uid, post_edit_time, {post}) VALUES
  (100, 10, 2, 2, 1300001000, '<r>Ma page est <B><s>[b]</s>blanche<e>[/b]</e></B>. <ATTACHMENT filename="log.txt" index="0"><s>[attachment=0]</s>log.txt<e>[/attachment]</e></ATTACHMENT></r>', '', 0, 1),
  (101, 10, 2, 3, 1300002000, '[b:abcd1234]Essaie[/b:abcd1234] cela.', 'abcd1234', 1300002500, 1),
  (102, 10, 2, 1, 1300003000, '<t>Merci</t>', '', 0, 1),
  (103, 10, 2, 3, 1300004000, '<t>SECRETPLUM deleted</t>', '', 0, 0),
  (110, 11, 3, 2, 1300001000, '<t>SECRETPLUM staff</t>', '', 0, 1),
  (120, 12, 2, 2, 1300001000, '<t>SECRETPLUM pending</t>', '', 0, 1),
  (140, 14, 4, 2, 1300001000, '<t>SECRETPLUM</t>', '', 0, 1), (150, 15, 5, 2, 1300001000, '<t>SECRETPLUM</t>', '', 0, 1),
  (160, 16, 6, 2, 1300001000, '<t>SECRETPLUM</t>', '', 0, 1), (180, 18, 8, 2, 1300001000, '<t>SECRETPLUM</t>', '', 0, 1);
UPDATE phpbb_posts SET post_username = 'Passante' WHERE post_id IN (102, 110);
INSERT INTO phpbb_attachments (attach_id, post_msg_id, physical_filename, real_filename) VALUES
  (1, 100, '2_abcdef', 'log.txt'), (2, 101, '../../etc/passwd', 'away.txt'), (3, 101, '3_png', 'extra notes.txt');
"""


def connect(pymysql, database=None):
    parts = SERVER.removeprefix("mysql://").rpartition("@")
    host, _colon, port = parts[2].partition(":")
    user, _colon, password = (parts[0] or "root").partition(":")
    return pymysql.connect(
        host=host,
        port=int(port or 3306),
        user=user,
        password=password,
        database=database,
        autocommit=True,
        charset="utf8mb4",
    )


@pytest.fixture(params=["visibility", "approved"], ids=["3.1 and later", "3.0"])
def board(request):
    """A database of its own with a board in it; dropped afterwards."""
    pymysql = pytest.importorskip("pymysql", reason="PyMySQL is not installed: make imports")
    name = f"entraide_phpbb_{secrets.token_hex(4)}"
    try:
        server = connect(pymysql)
    except pymysql.MySQLError:
        pytest.skip(f"no MariaDB answers at {SERVER}")
    with closing(server), server.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        try:
            cursor.execute(f"USE {name}")
            names = {"topic": f"topic_{request.param}", "post": f"post_{request.param}"}
            for statement in (TABLES + ROWS).format(**names).split(";\n"):
                if statement.strip():
                    cursor.execute(statement)
            yield f"{SERVER}/{name}"
        finally:
            cursor.execute(f"DROP DATABASE {name}")


@pytest.fixture
def files(tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "2_abcdef").write_text("a log")
    (folder / "3_png").write_text("notes")
    return folder


OTHERS = [
    "3: Staff only",
    "4: By a password",
    "5: Never",
    "6: Listed alone",
    "7: By a right of their own",
    "8: Of a group that is asked for",
]


def run(url, *options):
    out = StringIO()
    call_command("import_phpbb", url, "--json", "--language", "fr", *options, stdout=out)
    return json.loads(out.getvalue())


def test_board_comes_in_once(board, files, cast):
    found = run(board, "--forums", "2", "--files", str(files))

    assert found == {
        "taken": ["2: Sites & PHP"], "left_out": OTHERS,
        "users": 3, "questions": 1, "answers": 2, "files": 2, "known": 0, "hidden": 2,
        "not_understood": {
            "address: none": 1, "address: taken": 1, "file: not there": 1, "name of a guest": 1,
            "topic: locked": 1, "topic: poll": 1, "topic: sticky": 1,
        },
    }  # fmt: skip
    again = run(board, "--forums", "2", "--files", str(files))
    assert (again["users"], again["questions"], again["answers"], again["known"]) == (0, 0, 0, 6)
    assert StoredFile.objects.count() == 2


def test_topics_are_questions_and_posts_answers(board, files, cast, browse):
    run(board, "--forums", "2", "--files", str(files))

    question = Question.objects.get()
    assert (question.title, question.author.display_name) == ("Page blanche & PHP", 'Zoé "Z"')
    assert question.tags.get().name == "sites-php"
    assert question.tags.get().question_count == 1
    assert "**blanche**" in question.source
    log = files_of(question)[0]
    assert f"[log.txt](<{log.get_absolute_url()}>)" in question.source
    first, second = Answer.objects.order_by("pk")
    assert first.source.startswith("**Essaie** cela.")
    assert "[extra notes.txt](<" in first.source
    assert (second.source, second.author) == ("Merci", None)
    assert (question.answer_count, question.active_at) == (2, second.created_at)
    assert question.revisions.get().source == question.source
    assert first.revisions.get().source == first.source
    page = browse().get(question.path).content.decode()
    assert "<strong>blanche</strong>" in page
    assert browse().get(log.get_absolute_url()).status_code == 200


def test_people_come_without_password_and_nobodys_account_is_taken(board, cast):
    run(board, "--forums", "2")

    zoe = Person.objects.get(display_name='Zoé "Z"')
    assert (zoe.state, zoe.has_usable_password()) == ("imported", False)
    address = EmailAddress.objects.get(user=zoe)
    assert (address.email, address.verified) == ("zoe@board.example", False)
    assert EmailAddress.objects.get(email="bao@people.example").user == cast.bao
    assert not EmailAddress.objects.filter(user__display_name="Bob").exists()


def test_hidden_posts_and_other_forums_stay_out(board, cast):
    run(board, "--forums", "2")

    texts = [
        *Question.objects.values_list("title", "source"),
        *Answer.objects.values_list("source"),
    ]
    assert "SECRETPLUM" not in str(texts)


def test_without_names_the_forums_that_guests_may_read_come_in(board, cast):
    found = run(board)

    taken = ["2: Sites & PHP", "7: By a right of their own"]
    assert found["taken"] == taken
    assert found["left_out"] == [name for name in OTHERS if name not in taken]
    assert found["questions"] == Question.objects.count() == 1
    assert "SECRETPLUM" not in str(Question.objects.values_list("title", "source"))
    assert "SECRETPLUM" not in str(Answer.objects.values_list("source"))


@pytest.mark.parametrize(
    ("statement", "count"),
    [
        ("", 0),
        ("INSERT INTO phpbb_acl_groups VALUES (1, 2, 12, 0, 1)", 2),
        ("INSERT INTO phpbb_acl_groups VALUES (1, 0, 12, 0, 1)", 0),
    ],
)
def test_files_come_in_where_guests_may_fetch_them(statement, count, board, files, cast):
    if statement:
        tell(board, statement)

    found = run(board, "--files", str(files))

    assert found["files"] == StoredFile.objects.count() == count
    assert found["not_understood"].get("file: not for guests", 0) == (0 if count else 3)


def tell(board: str, *statements: str) -> None:
    import pymysql

    with closing(connect(pymysql, board.rpartition("/")[2])) as server, server.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def test_forums_are_told_in_words_too(board, cast):
    out = StringIO()
    call_command("import_phpbb", board, stdout=out)

    assert "forums taken: 2: Sites & PHP, 7: By a right of their own\n" in out.getvalue()
    assert "forums left out: 3: Staff only, 4: By a password, 5: Never," in out.getvalue()


@pytest.mark.parametrize(
    "statement",
    ["DROP TABLE phpbb_acl_groups", "UPDATE phpbb_user_group SET user_pending = 1", ""],
)
def test_board_that_says_of_no_forum_that_guests_read_it_wants_names(statement, board, cast):
    forbid = statement or "UPDATE phpbb_acl_roles_data SET auth_setting = 0"
    tell(board, forbid, "DELETE FROM phpbb_acl_users")

    with pytest.raises(CommandError, match=r"Guests may read none of its forums.*\n.*\n  3: Staff"):
        run(board)
    assert not Question.objects.exists()
    assert run(board, "--forums", "2")["questions"] == 1


def test_unknown_forums_are_refused(board, db):
    for names in ("2,99", "2,x", ","):
        with pytest.raises(CommandError, match=r"There is no such forum.*\n  2: Sites"):
            run(board, "--forums", names)


LIST, READ = "f_list", "f_read"


@pytest.mark.parametrize(
    ("rows", "forums"),
    [
        ([], set()),
        ([(2, LIST, 1), (2, READ, 1), (3, LIST, 1), (4, READ, 1)], {2}),
        ([(2, LIST, 1), (2, READ, 1), (2, READ, 0)], set()),
        ([(2, READ, 0), (2, LIST, 1), (2, READ, 1), (2, READ, 1)], set()),
        ([(2, LIST, 1), (2, READ, -1), (2, READ, 1)], {2}),
        ([(2, LIST, -1), (2, READ, 1)], set()),
    ],
)
def test_never_outweighs_yes(rows, forums):
    assert readable(rows) == forums


def test_files_want_a_right_on_the_board_and_in_the_forum():
    here, everywhere = (2, "f_download", 1), (0, "u_download", 1)
    assert with_files([here, everywhere]) == {2}
    assert with_files([here]) == with_files([everywhere]) == set()
    assert with_files([here, everywhere, (0, "u_download", 0)]) == set()


@pytest.mark.parametrize("url", ["postgres://x/y", "mysql://root@127.0.0.1:1/none", "mysql://x"])
def test_what_is_no_board_is_refused(url, db):
    pytest.importorskip("pymysql", reason="PyMySQL is not installed: make imports")
    with pytest.raises(CommandError):
        run(url, "--forums", "2")
