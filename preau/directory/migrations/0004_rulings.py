"""Two columns without a value, added at once whatever the number of rows: a judge's decision, and who receives aid."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("directory", "0003_notes_of_a_share")]

    operations = [
        migrations.AddField(
            model_name="guardianship",
            name="receives_aid",
            field=models.BooleanField(null=True, verbose_name="perçoit les aides"),
        ),
        migrations.AddField(
            model_name="guardianship",
            name="ruled_on",
            field=models.DateField(blank=True, null=True, verbose_name="décision de justice du"),
        ),
    ]
