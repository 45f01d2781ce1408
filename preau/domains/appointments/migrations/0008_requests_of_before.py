"""What teachers had asked before the column was there. Apart: an engine indexes no table of which rows have just changed."""

from django.db import migrations, models


def note_what_was_asked(apps, schema_editor):
    """A request that a teacher has made is about the pupil of its row."""
    wish = apps.get_model("appointments", "Wish")
    wish.objects.filter(by_host=True, asked_about=None).update(asked_about=models.F("pupil"))


class Migration(migrations.Migration):
    dependencies = [
        ("appointments", "0007_what_a_teacher_asked"),
    ]

    operations = [
        migrations.RunPython(note_what_was_asked, migrations.RunPython.noop, elidable=True),
    ]
