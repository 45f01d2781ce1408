from django.urls import path

from preau.commons.agenda import views
from preau.commons.agenda.dav import calendars

app_name = "agenda"
urlpatterns = [
    path("agenda/", views.agenda, name="agenda"),
    path("agenda/abonnement/", views.subscription, name="subscription"),
    path("agenda/abonnement/adresse/", views.subscribe, name="subscribe"),
    path("agenda/abonnement/arreter/", views.unsubscribe, name="unsubscribe"),
    path("agenda/agenda.ics", views.feed, name="feed"),
    path(".well-known/caldav", calendars.well_known, name="well_known"),
    path("dav/agendas/", calendars.calendars, name="calendars"),
    path("dav/agendas/<path:path>", calendars.calendars, name="calendar"),
]
