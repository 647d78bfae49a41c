from django.conf import settings
from django.urls import path

from frontend import views

urlpatterns = [
    path("", views.home, name="home"),
    path("me", views.today, name="today"),
    path("push-worker.js", views.push_worker, name="push_worker"),
    path("me/bell", views.bell, name="bell"),
    path("language", views.choose_language, name="language"),
    path("unsent", views.unsent_forms, name="unsent"),
    path("unsent/removal", views.forget_unsent, name="forget_all_unsent"),
    path("unsent/<uuid:token>/removal", views.forget_unsent, name="forget_unsent"),
    path("about/<slug:name>", views.about, name="about"),
]
if settings.MODE == "development":
    urlpatterns.append(path("dev/components", views.components, name="components"))
