"""Every address of the platform, and the two floors."""

from django.urls import path

from bench.floors import bare, reference
from preau.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500"]

urlpatterns = [
    *urlpatterns,
    path("banc/nu/", bare, name="bare"),
    path("banc/reference/", reference, name="reference"),
]
