from django.apps import AppConfig


class MediacentreConfig(AppConfig):
    name = "preau.domains.mediacentre"
    label = "mediacentre"
    verbose_name = "Ressources numériques"
