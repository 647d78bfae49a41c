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


def test_an_address_that_begins_with_anything_is_tried_beside_those_of_its_first_step():
    rooms = Rooms([path("<slug:name>/page", view, name="any"), path("questions", view)])

    assert rooms.resolve("questions/page").url_name == "any"
