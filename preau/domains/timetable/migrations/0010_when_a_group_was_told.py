from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("timetable", "0009_closings_of_lessons")]

    operations = [
        migrations.AddField(
            model_name="lessonchange",
            name="told_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="dit le"),
        ),
    ]
