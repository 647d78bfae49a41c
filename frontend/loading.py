"""How templates are found: each is compiled once a language, for frontend.templatetags.phrases."""

from typing import Any

from django.template.loaders import cached
from django.utils.translation import get_language


class Loader(cached.Loader):
    """Keep a compiled template for each language."""

    def cache_key(self, template_name: str, skip: Any = None) -> str:
        return f"{get_language()} {super().cache_key(template_name, skip)}"
