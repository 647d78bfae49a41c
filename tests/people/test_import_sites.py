"""The panel's list, read by the command and by the API."""

import csv
import json

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.models import JournalLine, OutgoingMail
from people import actions
from people.imports import COLUMNS, ImportReport, RowError, SiteRow, checked, platform_facts
from people.models import GuaranteeLevel, HostedSite, Membership, Organisation, Person
from people.queries import current_versions
from tests.cast import make_person

ROW = {
    "external_id": "s1",
    "domain": "velo.example",
    "owner_external_id": "u1",
    "owner_email": "ines@mail.example",
    "owner_name": "Inès Petit",
    "owner_language": "fr",
    "organisation_external_id": "",
    "organisation_name": "",
    "level": "free",
    "platform": "php=8.4;cms=wordpress",
}


def row(number: int, **cells) -> dict[str, str]:
    """Return a sound row; the number makes it another site of another owner."""
    return {
        **ROW,
        "external_id": f"s{number}",
        "domain": f"site-{number}.example",
        "owner_external_id": f"u{number}",
        "owner_email": f"user{number}@mail.example",
        **cells,
    }


@pytest.fixture
def write(tmp_path):
    """Write rows as the panel does, and return the path."""

    def to_file(*rows, header=COLUMNS, raw: bytes = b"") -> str:
        path = tmp_path / "sites.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            for cells in rows:
                writer.writerow([cells[name] for name in COLUMNS])
        with path.open("ab") as file:
            file.write(raw)
        return str(path)

    return to_file


@pytest.fixture
def run(capsys):
    """Run the command and return its report."""

    def command(path: str) -> dict:
        capsys.readouterr()
        call_command("import_sites", path, "--json")
        return json.loads(capsys.readouterr().out)

    return command


@pytest.fixture
def load(run, levels):
    """Run the command where the levels are written."""
    return run


def report(created=0, updated=0, unchanged=0, errors=()) -> dict:
    """Return the report expected; errors: (line, field, code), a line each."""
    return {
        "created": created,
        "updated": updated,
        "unchanged": unchanged,
        "skipped": len({line for line, _field, _code in errors}),
        "errors": [{"line": a, "field": b, "code": c} for a, b, c in errors],
    }


def test_site_and_owner_are_made_once(write, load):
    path = write(ROW)

    assert load(path) == report(created=1)
    assert load(path) == report(unchanged=1)

    site = HostedSite.objects.get()
    owner = Person.objects.get()
    assert (site.external_id, site.domain, site.owner, site.level.slug, site.platform) == (
        "s1",
        "velo.example",
        owner,
        "free",
        {"php": "8.4", "cms": "wordpress"},
    )
    assert (owner.state, owner.display_name, owner.interface_language) == (
        "imported",
        "Inès Petit",
        "fr",
    )
    assert owner.handle.startswith("member-")
    assert not owner.has_usable_password()
    address = EmailAddress.objects.get()
    assert (address.email, address.user, address.primary) == ("ines@mail.example", owner, True)
    assert not OutgoingMail.objects.exists()
    assert list(JournalLine.objects.order_by("pk").values_list("verb", "face")) == [
        ("people.person_imported", "command"),
        ("people.site_imported", "command"),
    ]


def test_imported_people_have_no_public_page(write, load, browse):
    load(write(ROW))

    assert browse().get(f"/people/{Person.objects.get().handle}").status_code == 404


def test_changes_are_taken(write, load):
    load(write(ROW))

    changed = {
        **ROW,
        "domain": "velos.example",
        "level": "guaranteed",
        "platform": "php=8.5",
        "owner_name": "Inès Grand",
        "owner_email": "ines@other.example",
        "owner_language": "en",
    }
    assert load(write(changed)) == report(updated=1)
    assert load(write(changed)) == report(unchanged=1)

    site = HostedSite.objects.get()
    owner = Person.objects.get()
    assert (site.domain, site.level.slug, site.platform) == (
        "velos.example",
        "guaranteed",
        {"php": "8.5"},
    )
    assert (owner.display_name, owner.interface_language) == ("Inès Grand", "en")
    assert [spoken.language for spoken in owner.languages.all()] == ["en"]
    assert list(EmailAddress.objects.values_list("email", flat=True)) == ["ines@other.example"]


def test_who_joined_keeps_name_and_address(write, load):
    load(write(ROW))
    owner = Person.objects.get()
    actions.claim_account(actor=owner)

    assert load(write({**ROW, "owner_name": "X", "owner_email": "x@mail.example"})) == report(
        unchanged=1
    )

    owner.refresh_from_db()
    assert owner.display_name == "Inès Petit"
    assert EmailAddress.objects.get().email == "ines@mail.example"


def test_who_joined_before_with_the_address_becomes_the_owner(write, load):
    ines = make_person("ines")
    EmailAddress.objects.filter(user=ines).update(email="ines@mail.example")

    assert load(write(ROW)) == report(created=1)

    assert HostedSite.objects.get().owner == ines
    ines.refresh_from_db()
    assert (ines.external_id, ines.display_name, ines.state) == ("u1", "Ines", "active")


def test_unproven_address_of_someone_else_gives_no_site(write, load):
    thief = make_person("thief")
    EmailAddress.objects.create(user=thief, email="ines@mail.example", verified=False)

    load(write(ROW))

    assert HostedSite.objects.get().owner != thief


def test_address_of_someone_the_panel_knows_otherwise_is_refused(write, load):
    load(write(ROW))

    again = row(2, owner_email="ines@mail.example")
    assert load(write(again)) == report(errors=[(2, "owner_email", "taken")])


def test_organisation_owns_and_its_owners_gather(write, load):
    shared = {"organisation_external_id": "o1", "organisation_name": "Vélo Atelier"}
    path = write(row(1, **shared), row(2, **shared), row(3))

    assert load(path) == report(created=3)
    assert load(path) == report(unchanged=3)

    organisation = Organisation.objects.get()
    assert set(organisation.sites.values_list("external_id", flat=True)) == {"s1", "s2"}
    assert HostedSite.objects.filter(owner=None).count() == 2
    assert Membership.objects.filter(organisation=organisation, role="owner").count() == 2
    renamed = row(1, organisation_external_id="o1", organisation_name="Atelier Vélo")
    assert load(write(renamed)) == report(updated=1)


def test_organisation_is_named_by_the_first_row_that_names_it(write, load):
    nameless, named = {"organisation_external_id": "o1", "organisation_name": ""}, "Vélo Atelier"
    path = write(
        row(1, **nameless),
        row(2, **{**nameless, "organisation_name": named}),
        row(3, **{**nameless, "organisation_name": "Later"}),
    )

    assert load(path) == report(created=3)
    assert load(path) == report(unchanged=3)

    organisation = Organisation.objects.get()
    assert (organisation.name, organisation.sites.count()) == (named, 3)
    assert load(write(row(1, **nameless))) == report(unchanged=1)
    renamed = [row(1, **nameless), row(2, **{**nameless, "organisation_name": "Atelier Vélo"})]
    assert load(write(*renamed)) == report(updated=2)
    organisation.refresh_from_db()
    assert organisation.name == "Atelier Vélo"


def test_empty_level_is_the_default_one(write, load):
    load(write({**ROW, "level": ""}))

    assert HostedSite.objects.get().level.slug == "free"


def test_first_import_of_a_bare_site_makes_the_free_level(db, write, run):
    path = write(row(1), row(2, level=""), row(3, level="gold"))
    gold = [(4, "level", "unknown")]

    assert run(path) == report(created=2, errors=gold)
    assert run(path) == report(unchanged=2, errors=gold)

    level = GuaranteeLevel.objects.get()
    assert (level.slug, level.is_default) == ("free", True)
    [(_level, promised)] = current_versions([level])
    assert (promised.name("en"), promised.name("fr")) == ("Free", "Gratuit")
    assert promised.first_response_minutes is None
    assert promised.resolution_minutes is None
    assert level.sites.count() == 2


def test_import_adds_no_level_to_those_that_are_written(db, write, run):
    GuaranteeLevel.objects.create(slug="gold")

    assert run(write(row(1, level="gold"), row(2), row(3, level=""))) == report(
        created=1, errors=[(3, "level", "unknown"), (4, "level", "missing")]
    )

    assert GuaranteeLevel.objects.get().slug == "gold"


def test_bad_rows_are_told_by_line_and_skipped(write, load):
    path = write(
        row(1),
        row(2, domain="not a domain"),
        row(3, owner_email="nobody"),
        row(4, level="gold"),
        row(5, external_id="", owner_external_id=""),
        row(6, external_id="s1"),
        row(7, platform="php"),
        row(8, owner_language="français"),
        row(9, owner_name="x" * 101),
        row(10, organisation_external_id="o9"),
        row(11, organisation_name="Nobody"),
        row(12, owner_external_id="u1", owner_email="other@mail.example"),
        row(13, owner_email="user1@mail.example"),
        row(14, owner_name="nul\x00nul"),
        row(15),
    )

    assert load(path) == report(
        created=2,
        errors=[
            (3, "domain", "invalid"),
            (4, "owner_email", "invalid"),
            (5, "level", "unknown"),
            (6, "external_id", "missing"),
            (6, "owner_external_id", "missing"),
            (7, "external_id", "duplicate"),
            (8, "platform", "invalid"),
            (9, "owner_language", "invalid"),
            (10, "owner_name", "too_long"),
            (11, "organisation_name", "missing"),
            (12, "organisation_external_id", "missing"),
            (13, "owner_email", "conflict"),
            (14, "owner_email", "taken"),
            (15, "owner_name", "invalid"),
        ],
    )


def test_a_line_that_is_no_utf8_or_has_other_columns_spoils_itself_alone(write, load):
    good = ",".join(row(9)[name] for name in COLUMNS).encode()
    latin = ",".join(row(8, owner_name="In\u00e8s")[name] for name in COLUMNS).encode("latin-1")

    path = write(row(1), raw=b"one,two\n" + latin + b"\n\n" + b'x"y"",\n' + good + b"\n")
    told = load(path)

    assert told["created"] == 2
    assert [(e["line"], e["field"], e["code"]) for e in told["errors"]] == [
        (3, "", "columns"),
        (4, "owner_name", "encoding"),
        (6, "", "columns"),
    ]


def cells(record) -> str:
    """Return a row as the panel would write it, had it no idea of quotes."""
    return ",".join(record[name] for name in COLUMNS) + "\n"


def test_a_quote_left_open_is_told_where_it_begins(write, load):
    path = write(row(1), raw=b'"open,and,never,closed\n')

    assert load(path) == report(created=1, errors=[(3, "", "quoting")])


def test_a_quote_left_open_spoils_its_own_line_alone(write, load):
    rows = [row(n) for n in range(1, 9)]
    rows[1]["owner_name"] = rows[4]["owner_name"] = '"Élodie'
    rows[6]["owner_name"] = '"Zoé, or not"'

    told = load(write(raw="".join(map(cells, rows)).encode()))

    assert told == report(created=6, errors=[(3, "", "quoting"), (6, "", "quoting")])


def test_a_line_break_in_a_cell_is_one_error_and_what_follows_it_no_row(write, load):
    hidden = cells(row(66, owner_name="not of the panel"))
    path = write(row(1), row(2, owner_name=f"Zoé\n{hidden}, in two lines"), row(3))

    assert load(path) == report(created=2, errors=[(3, "owner_name", "invalid")])

    assert set(HostedSite.objects.values_list("external_id", flat=True)) == {"s1", "s3"}


def test_a_header_with_a_quote_left_open_imports_nothing(tmp_path, levels):
    path = tmp_path / "sites.csv"
    path.write_text('"' + ",".join(COLUMNS) + "\n" + cells(row(1)))

    with pytest.raises(CommandError, match="external_id"):
        call_command("import_sites", str(path))


@pytest.mark.parametrize(
    ("language", "shown_in"),
    [("zh-Hant-HK", "fr"), ("en-GB", "en"), ("ca-valencia", "fr"), ("de-DE-u-co-phonebk", "fr")],
)
def test_every_language_there_is_a_tag_for_is_taken(write, load, language, shown_in):
    assert load(write(row(1, owner_language=language))) == report(created=1)

    owner = Person.objects.get()
    assert [spoken.language for spoken in owner.languages.all()] == [language]
    assert owner.interface_language == shown_in


def test_a_language_that_is_too_long_is_told(write, load):
    path = write(row(1, owner_language="sl-rozaj-biske-1994-x-me"))

    assert load(path) == report(errors=[(2, "owner_language", "too_long")])


def test_other_order_of_columns_and_a_mark_at_the_start_are_fine(tmp_path, load):
    path = tmp_path / "sites.csv"
    names = [*reversed(COLUMNS), "remark"]
    cells = [{**ROW, "remark": "hello"}[name] for name in names]
    path.write_bytes(b"\xef\xbb\xbf" + f"{','.join(names)}\n{','.join(cells)}\n".encode())

    assert load(str(path)) == report(created=1)


def test_header_that_lacks_columns_imports_nothing(write, levels):
    path = write(header=[name for name in COLUMNS if name != "domain"])

    with pytest.raises(CommandError, match="domain"):
        call_command("import_sites", path)


def test_file_that_is_not_there_is_said_plainly(db):
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_sites", "/nowhere.csv")


def test_report_for_people(write, levels, capsys):
    call_command("import_sites", write(row(1), row(2, level="gold")))

    out = capsys.readouterr().out
    assert "line 3: level: unknown" in out
    assert "1 created, 0 updated, 0 unchanged, 1 skipped" in out


@pytest.mark.parametrize("count", [3, 30])
def test_import_costs_the_same_for_few_and_many(levels, django_assert_num_queries, count):
    records = [(number, row(number)) for number in range(count)]

    with django_assert_num_queries(12):
        actions.import_sites(actor=None, records=records)


def test_more_than_a_chunk_goes_in_whole(levels, monkeypatch):
    monkeypatch.setattr("people.actions.imports.CHUNK", 7)
    records = [
        (number, row(number, owner_external_id="u1", owner_email="a@b.example"))
        for number in range(20)
    ]

    made = actions.import_sites(actor=None, records=records)

    assert (made.created, made.skipped) == (20, 0)
    assert Person.objects.count() == 1


# Properties


CELL = st.one_of(st.text(), st.none(), st.integers(), st.lists(st.text()))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(COLUMNS), CELL))
def test_any_record_is_a_row_or_told(record):
    found = checked(7, record)

    if isinstance(found, SiteRow):
        assert found.external_id
        assert found.domain
    else:
        assert found
        assert all(isinstance(error, RowError) and error.line == 7 for error in found)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(
        st.from_regex(r"[a-z][a-z0-9_-]{0,29}", fullmatch=True),
        st.from_regex(r"[A-Za-z0-9.]{1,20}", fullmatch=True),
        max_size=30,
    )
)
def test_platform_is_read_as_it_was_written(facts):
    written = ";".join(f"{name}={value}" for name, value in facts.items())

    assert platform_facts(written) == facts
    assert platform_facts(facts) == facts


def test_reports_add_up():
    total = ImportReport(created=1)
    part = ImportReport(updated=2, unchanged=3)
    part.refuse(RowError(1, "level", "unknown"))

    total.add(part)

    assert (total.created, total.updated, total.unchanged, total.skipped) == (1, 2, 3, 1)
    assert len(total.errors) == 1
