"""Conditions that are looked at row by row say what Django's own say."""

import pytest
from django.db.models import Exists, OuterRef

from core.walking import Found
from people.models import Person, PersonLanguage

LANGUAGES = PersonLanguage.objects.filter(person=OuterRef("pk"))


@pytest.mark.parametrize("rows", [LANGUAGES, LANGUAGES.filter(language="de")])
def test_found_and_not_found_are_exists_and_its_contrary(cast, rows):
    people = Person.objects.order_by("pk")

    assert list(people.filter(Found(rows))) == list(people.filter(Exists(rows)))
    assert list(people.filter(~Found(rows))) == list(people.filter(~Exists(rows)))
    assert list(people.filter(Found(rows.none()))) == []
    assert list(people.filter(~Found(rows.none()))) == list(people)
    assert list(people.filter(~Found(rows.none()) | Found(rows))) == list(people)
