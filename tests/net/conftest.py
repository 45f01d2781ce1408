"""The stage of the matrix, set once for all the tests of a file: to set it takes longer than most of them."""

import logging
import pickle
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import override_settings

from conftest import NOW, planted_worlds
from preau.foundation import webpush
from tests.net.matrix_stage import Stage, set_up


@pytest.fixture(scope="module")
def standing(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """The stage as bytes, and the settings it was set with. Each test of the file rolls back to it."""
    folder = tmp_path_factory.mktemp("stage")
    with django_db_blocker.unblock():
        its_settings = {
            "VAR_DIR": folder,
            "MEDIA_ROOT": folder,
            "VAPID_PRIVATE_KEY": webpush.new_private_key(),
        }
        with transaction.atomic():
            with time_machine.travel(NOW, tick=False), override_settings(**its_settings):
                worlds = deepcopy(planted_worlds())
                made = pickle.dumps(set_up(worlds["college"], worlds["twin"]))
            yield made, its_settings
            transaction.set_rollback(True)


@pytest.fixture
def stage(standing: tuple[bytes, dict[str, Any]], db: None, settings: Any) -> Stage:
    """One's own copy of the stage, whatever the test before did to its objects."""
    made, its_settings = standing
    for name, value in its_settings.items():
        setattr(settings, name, value)
    copied: Stage = pickle.loads(made)
    return copied


@pytest.fixture
def quiet() -> Iterator[None]:
    """Thousands of refusals, each with its warning, would drown the one line that says what is wrong."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
