"""Facts of a site's platform in words: what `HostedSite.platform` holds by keys."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

NAMES = {"php": "PHP", "mariadb": "MariaDB", "mysql": "MySQL", "cms": _("Software")}
VALUES = {
    "wordpress": "WordPress",
    "spip": "SPIP",
    "joomla": "Joomla",
    "drupal": "Drupal",
    "dokuwiki": "DokuWiki",
    "phpbb": "phpBB",
    "prestashop": "PrestaShop",
}


def platform_words(platform: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return name and value of each fact as people write them; those not known stay as they are."""
    return [(str(NAMES.get(key, key)), VALUES.get(value, value)) for key, value in platform.items()]
