from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "preau.commons.outbox"
    label = "outbox"
    verbose_name = "Courriers de la démonstration"
