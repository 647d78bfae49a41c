"""Operations of migrations, beside Django's."""

from django.db import migrations


class MakeBesideModels(migrations.RunPython):
    """Make what no model tells of: an index of words, a constraint of one vendor.

    `manage.py migrate` runs these where it makes the tables of an empty database at once; all
    other code of migrations changes rows, of which there are none.
    """
