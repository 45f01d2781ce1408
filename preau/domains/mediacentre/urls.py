from django.urls import path

from preau.domains.mediacentre.views import assigning, lists, reading

app_name = "mediacentre"
urlpatterns = [
    path("mes-ressources-numeriques/", reading.mine, name="mine"),
    path("mes-ressources-numeriques/<int:pk>/", reading.one, name="one"),
    path("mes-ressources-numeriques/<int:pk>/lu/", reading.understand, name="understand"),
    path("mediacentre/", assigning.resources, name="resources"),
    path("mediacentre/attribuer/", assigning.assign, name="assign"),
    path("mediacentre/attributions/", assigning.all_rules, name="rules"),
    path("mediacentre/attributions/<int:pk>/", assigning.rule, name="rule"),
    path("mediacentre/attributions/<int:pk>/retirer/", assigning.end, name="end"),
    path("mediacentre/attributions/<int:pk>/retablir/", assigning.restore, name="restore"),
    path("mediacentre/attributions.csv", assigning.export, name="export"),
    path("mediacentre/listes/", lists.lists, name="lists"),
    path("mediacentre/listes/<int:pk>/", lists.one_list, name="list"),
    path("mediacentre/listes/<int:pk>/appliquer/", lists.apply_list, name="apply_list"),
    path("mediacentre/listes/<int:pk>/abandonner/", lists.drop_list, name="drop_list"),
    path("mediacentre/<int:pk>/", assigning.resource, name="resource"),
    path("mediacentre/<int:pk>/licences/", assigning.licences, name="licences"),
    path("mediacentre/<int:pk>/familles/", assigning.families, name="families"),
    path("mediacentre/<int:pk>/personnes/", assigning.people, name="people"),
    path("mediacentre/<int:pk>/donner/", assigning.give, name="give"),
    path("mediacentre/<int:pk>/mettre-a-part/", assigning.set_apart, name="set_apart"),
]
