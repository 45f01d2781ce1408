from django.urls import path

from preau.commons.agenda import views

app_name = "agenda"
urlpatterns = [
    path("agenda/", views.agenda, name="agenda"),
    path("agenda/abonnement/", views.subscription, name="subscription"),
    path("agenda/abonnement/adresse/", views.subscribe, name="subscribe"),
    path("agenda/abonnement/arreter/", views.unsubscribe, name="unsubscribe"),
    path("agenda/agenda.ics", views.feed, name="feed"),
]
