"""Reasons that school life keeps by itself, and one that says less than it means."""

from django.db import migrations

REASONS = [
    {"label": "Convocation officielle", "order": 65},
    {"label": "Sortie ou voyage scolaire", "order": 70, "for_families": False, "in_report": False},
    {"label": "Suivi médical ou social", "order": 75, "confidential": True},
    {"label": "Sans motif valable", "order": 95, "for_families": False, "in_alerts": True},
]


def add(apps, schema_editor):
    Reason = apps.get_model("attendance", "Reason")
    known = set(Reason.objects.filter(school=None).values_list("label", flat=True))
    Reason.objects.bulk_create(Reason(**reason) for reason in REASONS if reason["label"] not in known)


def remove(apps, schema_editor):
    """Only those that nobody uses go away: what a reason explains keeps it."""
    Reason = apps.get_model("attendance", "Reason")
    labels = [reason["label"] for reason in REASONS]
    Reason.objects.filter(
        school=None, label__in=labels, explanations=None, handlings=None, replaced_by=None
    ).delete()


class Migration(migrations.Migration):
    dependencies = [("attendance", "0005_the_roll_of_every_day")]
    operations = [migrations.RunPython(add, remove)]
