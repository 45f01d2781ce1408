"""What Django says beside a field, in the words of a school: `preau/foundation/locale/fr`."""

import gettext
from pathlib import Path

import pytest
from django import forms
from django.core import validators

from preau import foundation

WORDS = Path(foundation.__file__).parent / "locale" / "fr" / "LC_MESSAGES"
# Never met by a person: they come from a page of ours that is wrong.
OF_PROGRAMS = {forms.JSONField, forms.UUIDField, forms.GenericIPAddressField, forms.DurationField}
ADMINISTRATIVE = ("Saisissez", "Assurez-vous", "Sélectionnez", "Téléversez", "soumis", "valide")


def typed_wrong(field: forms.Field, value: object) -> str:
    with pytest.raises(forms.ValidationError) as wrong:
        field.clean(value)
    return " ".join(wrong.value.messages)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        (forms.CharField(max_length=3), "abcd", "3 signes au plus\u202f: il y en a 4."),
        (forms.IntegerField(max_value=20), "21", "20 au plus."),
        (forms.IntegerField(), "douze", "Écrivez un nombre entier, comme 12."),
        (forms.DecimalField(max_digits=4, decimal_places=2), "1.234", "2 chiffres au plus après la virgule."),
        (
            forms.ChoiceField(choices=[("a", "A")]),
            "b",
            "Ce choix n’est plus proposé\u202f: choisissez dans la liste.",
        ),
        (forms.EmailField(), "claire@", "Cette adresse de courriel est incomplète ou mal écrite."),
    ],
)
def test_a_field_speaks_as_a_school_does(field: forms.Field, value: object, sentence: str) -> None:
    assert typed_wrong(field, value) == sentence


def test_no_field_of_ours_speaks_as_an_office() -> None:
    kinds = [
        kind for kind in vars(forms).values() if isinstance(kind, type) and issubclass(kind, forms.Field)
    ]
    sentences = {
        str(words)
        for kind in kinds
        if not any(issubclass(kind, other) for other in OF_PROGRAMS)
        for key, words in getattr(kind, "default_error_messages", {}).items()
        if key != "contradiction"
    }
    sentences.add(str(validators.EmailValidator.message))
    assert "Choisissez un fichier." in sentences
    assert not [words for words in sentences for word in ADMINISTRATIVE if word in words]


def test_what_is_compiled_is_what_is_written() -> None:
    with (WORDS / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    written = (WORDS / "django.po").read_text()
    held = {key if isinstance(key, str) else key[0]: words for key, words in compiled.items()}
    for line in written.splitlines():
        if line.startswith('msgid "') and line != 'msgid ""':
            assert line[7:-1] in held
        if line.startswith('msgstr "') and line != 'msgstr ""':
            assert line[8:-1] in held.values()
