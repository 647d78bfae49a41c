import pytest
from django.urls import path

from core.urls import OfRoom


def view(request):
    raise NotImplementedError


@pytest.mark.parametrize(
    ("address", "is_let_in"),
    [
        ("questions", True),
        ("questions/7/anything", True),
        ("questions.atom", True),
        ("sitemap-3.xml", True),
        ("question", False),
        ("questions.rss", False),
        ("tickets/7", False),
        ("", False),
    ],
)
def test_an_address_is_let_into_a_room_that_has_one_beginning_so(address, is_let_in):
    room = OfRoom(
        [
            path("questions", view),
            path("questions/<int:pk>", view),
            path("questions.atom", view),
            path("sitemap-<int:page>.xml", view),
        ]
    )

    assert (room.match(address) is not None) == is_let_in


def test_a_room_whose_address_begins_with_anything_lets_all_in():
    assert OfRoom([path("<slug:name>/page", view)]).match("questions/7") is not None


def test_the_home_page_is_found_in_its_room():
    assert OfRoom([path("", view)]).match("") is not None
