from django.urls import path

from preau.directory import views

app_name = "directory"
urlpatterns = [
    path("annuaire/livraisons/", views.deliveries, name="deliveries"),
    path("annuaire/livraisons/nouvelle/", views.bring, name="bring"),
    path("annuaire/livraisons/<int:pk>/", views.delivery, name="delivery"),
    path("annuaire/livraisons/<int:pk>/appliquer/", views.apply, name="apply"),
    path("annuaire/livraisons/<int:pk>/approuver/", views.approve, name="approve"),
    path("annuaire/livraisons/<int:pk>/abandonner/", views.drop, name="drop"),
    path("annuaire/livraisons/<int:pk>/rapport.csv", views.report_csv, name="report_csv"),
    path("annuaire/livraisons/<int:pk>/rapport.json", views.report_json, name="report_json"),
    path("annuaire/livraisons/<int:pk>/<slug:part>/", views.delivery_part, name="delivery_part"),
]
