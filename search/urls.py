"""Addresses of search."""

from django.urls import path

from search import views

urlpatterns = [
    path("search", views.results, name="search"),
    path("search/now", views.now, name="search_now"),
]
