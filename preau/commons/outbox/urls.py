from django.urls import path

from preau.commons.outbox import views

app_name = "demo"
urlpatterns = [path("demonstration/courriers/", views.outbox, name="outbox")]
