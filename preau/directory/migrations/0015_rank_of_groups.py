from django.db import migrations

from preau.directory.words import level_rank


def rank(apps, schema_editor):
    """One statement a level: a platform has a few hundred words for them."""
    groups = apps.get_model("directory", "Group").objects
    for level in groups.exclude(level="").order_by().values_list("level", flat=True).distinct():
        groups.filter(level=level).update(rank=level_rank(level))


class Migration(migrations.Migration):
    """The rank follows from the level: nothing to undo."""

    dependencies = [("directory", "0014_groups_in_order_of_level")]

    operations = [migrations.RunPython(rank, migrations.RunPython.noop, elidable=True)]
