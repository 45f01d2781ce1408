from django.urls import path

from preau.commons.notifications import views

app_name = "notifications"
urlpatterns = [
    path("notifications/", views.centre, name="centre"),
    path("notifications/cloche/", views.bell, name="bell"),
    path("notifications/tout-lire/", views.read_all, name="read_all"),
    path("notifications/preferences/", views.preferences, name="preferences"),
    path("notifications/preferences/choix/", views.take_preset, name="take_preset"),
    path("notifications/preferences/sms/", views.ask_texts, name="ask_texts"),
    path("notifications/preferences/liens/", views.revoke, name="revoke"),
    path("notifications/appareils/", views.add_device, name="add_device"),
    path("notifications/appareils/adresse/", views.renew_device, name="renew_device"),
    path("notifications/appareils/<str:public_id>/retirer/", views.remove_device, name="remove_device"),
    path("notifications/appareils/<str:public_id>/essai/", views.try_device, name="try_device"),
    path("notifications/arret/<str:token>/", views.stop, name="stop"),
    path("notifications/<str:public_id>/", views.item, name="item"),
    path("notifications/<str:public_id>/ouvrir/", views.open_item, name="open"),
    path("notifications/<str:public_id>/lue/", views.mark, name="mark"),
]
