from django.apps import AppConfig


class AttendanceConfig(AppConfig):
    name = "preau.domains.attendance"
    verbose_name = "Vie scolaire"
