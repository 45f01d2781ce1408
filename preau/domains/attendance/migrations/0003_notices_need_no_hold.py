from django.db import migrations, models


class Migration(migrations.Migration):
    """Notices are told in one transaction: nobody holds one any more.

    The column stays in the table while the former version may still run, and is empty from now on.
    """

    dependencies = [("attendance", "0002_common_reasons")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField(model_name="notice", name="held_until")]
        ),
        migrations.AlterField(
            model_name="notice",
            name="sent_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="dit à"),
        ),
    ]
