from django.conf import settings
from django.urls import path

from frontend import views

urlpatterns = [
    path("language", views.choose_language, name="language"),
]
if settings.MODE == "development":
    urlpatterns.append(path("dev/components", views.components, name="components"))
