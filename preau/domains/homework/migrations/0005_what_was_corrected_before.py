"""What was given back was corrected then; what was handed in before is told to no teacher."""

from django.db import migrations
from django.db.models import F


def say_when(apps, schema_editor):
    """A correction that was only kept is still to be done: whoever wrote it says when it is."""
    rows = apps.get_model("homework", "HandIn").objects
    rows.exclude(returned_at=None).update(corrected_at=F("returned_at"))
    rows.filter(told_at=None).update(told_at=F("handed_at"))


class Migration(migrations.Migration):
    dependencies = [("homework", "0004_annotations_and_corrections")]

    # The columns go with the migration before: there is nothing to take back.
    operations = [migrations.RunPython(say_when, migrations.RunPython.noop, elidable=True)]
