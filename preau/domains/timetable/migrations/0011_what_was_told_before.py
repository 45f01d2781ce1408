from django.db import migrations
from django.db.models import F


def note_what_was_told(apps, schema_editor):
    """What a gesture changed with others before this was told within the minute."""
    changes = apps.get_model("timetable", "LessonChange").objects
    changes.exclude(origin="").exclude(absence=None).filter(told_at=None).update(told_at=F("made_at"))


class Migration(migrations.Migration):
    """Apart from the column: both in one transaction would hold the table while its rows are written."""

    dependencies = [("timetable", "0010_when_a_group_was_told")]

    operations = [migrations.RunPython(note_what_was_told, migrations.RunPython.noop, elidable=True)]
