import pytest
from django.urls import Resolver404, path

from core.urls import Rooms


def view(request):
    raise NotImplementedError


ROOMS = Rooms(
    [
        path("", view, name="home"),
        path("questions", view, name="list"),
        path("questions/<int:pk>", view, name="question"),
        path("questions/<slug:name>", view, name="named"),
        path("sitemap-<int:page>.xml", view, name="sitemap"),
        path("sitemap-all.xml", view, name="all"),
    ]
)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("", "home"),
        ("questions", "list"),
        ("questions/7", "question"),
        ("questions/seven", "named"),
        ("sitemap-3.xml", "sitemap"),
        ("sitemap-all.xml", "all"),
    ],
)
def test_an_address_is_answered_by_the_first_it_fits(address, name):
    assert ROOMS.resolve(address).url_name == name


@pytest.mark.parametrize("address", ["question", "questions.rss", "questions/7/x", "sitemap-x.xml"])
def test_an_address_that_fits_none_is_not_found(address):
    with pytest.raises(Resolver404):
        ROOMS.resolve(address)


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ("/workshops/", "/workshops"),
        ("/questions/?sort=new", "/questions?sort=new"),
        ("/tags/caf%C3%A9%3F/", "/tags/caf%C3%A9%3F"),
        ("/accounts/login?next=/me", "/accounts/login/?next=/me"),
        ("/back-office", "/back-office/"),
    ],
)
def test_an_address_with_a_slash_too_many_or_too_few_leads_on(client, db, asked, leads_to):
    answer = client.get(asked)

    assert (answer.status_code, answer["Location"]) == (301, leads_to)


def test_the_root_of_the_api_leads_to_its_documents(client, db):
    answer = client.get("/api/v1/")

    assert (answer.status_code, answer["Location"]) == (302, "/api/v1/docs")


@pytest.mark.parametrize(
    "asked", ["/nowhere/", "/nowhere", "/questions//", "/api/v1/questions/", "/"]
)
def test_no_other_address_leads_anywhere(client, db, asked):
    assert client.get(asked).status_code == (200 if asked == "/" else 404)
    assert client.post("/questions/").status_code == 404


def test_an_address_that_begins_with_anything_is_tried_beside_those_of_its_first_step():
    rooms = Rooms([path("<slug:name>/page", view, name="any"), path("questions", view)])

    assert rooms.resolve("questions/page").url_name == "any"
