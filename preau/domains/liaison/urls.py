from django.urls import path

from preau.domains.liaison.views import families, languages, writing

app_name = "liaison"
urlpatterns = [
    path("carnet/", families.book, name="book"),
    path("carnet/langue/", languages.language, name="language"),
    path("carnet/<int:pk>/", families.read, name="read"),
    path("carnet/<int:pk>/traduire/", languages.translate, name="translate"),
    path("carnet/<int:pk>/signer/", families.sign, name="sign"),
    path("carnet/<int:pk>/preuve.pdf", families.proof, name="proof"),
    path("carnet/<int:pk>/saisir/", families.enter, name="enter"),
    path("carnet-de-liaison/", writing.words, name="words"),
    path("carnet-de-liaison/recus/", writing.received, name="received"),
    path("carnet-de-liaison/nouveau/", writing.write, name="write"),
    path("carnet-de-liaison/phrases/", languages.phrase_bank, name="phrases"),
    path("carnet-de-liaison/traduction/", languages.permit, name="permit"),
    path("carnet-de-liaison/coupon/", families.coupon, name="coupon"),
    path("carnet-de-liaison/observations/", families.remarks, name="remarks"),
    path("carnet-de-liaison/observations/nouvelle/", families.remark, name="remark"),
    path("carnet-de-liaison/observations/<int:pk>/retirer/", families.remove_remark, name="remove_remark"),
    path("carnet-de-liaison/<int:pk>/", writing.word, name="word"),
    path("carnet-de-liaison/<int:pk>/modifier/", writing.change, name="change"),
    path("carnet-de-liaison/<int:pk>/envoyer/", writing.send, name="send"),
    path("carnet-de-liaison/<int:pk>/supprimer/", writing.remove, name="remove"),
    path("carnet-de-liaison/<int:pk>/questions/", writing.add_question, name="add_question"),
    path("carnet-de-liaison/<int:pk>/questions/retirer/", writing.remove_question, name="remove_question"),
    path("carnet-de-liaison/<int:pk>/preciser/", writing.precise, name="precise"),
    path("carnet-de-liaison/<int:pk>/relancer/", writing.remind, name="remind"),
    path("carnet-de-liaison/<int:pk>/prolonger/", writing.prolong, name="prolong"),
    path("carnet-de-liaison/<int:pk>/nouveaux/", writing.send_to_newcomers, name="send_to_newcomers"),
    path("carnet-de-liaison/<int:pk>/terminer/", writing.close, name="close"),
    path("carnet-de-liaison/<int:pk>/coupons.pdf", writing.coupons, name="coupons"),
    path("carnet-de-liaison/<int:pk>/suivi.csv", writing.export, name="export"),
    path("carnet-de-liaison/<int:pk>/reponses/", writing.results, name="results"),
    path("carnet-de-liaison/<int:pk>/reponses.csv", writing.results_file, name="results_file"),
]
