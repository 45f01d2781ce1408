"""The tables of an empty database, made from the models in seconds: what the migrations come to in minutes, since each draws
every model again. For the demonstration and the tests; a database that is to last is migrated."""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules

from django.apps import apps
from django.core.management import call_command
from django.db import connection, migrations
from django.test.utils import override_settings


def prepare() -> None:
    """The database as this version wants it: made when it is empty, else migrated."""
    if connection.introspection.table_names():
        call_command("migrate", verbosity=0)
        return
    try:
        make()
    except BaseException:
        # Half of the tables would be taken for those of a former version.
        if connection.vendor == "sqlite":
            connection.close()
            Path(connection.settings_dict["NAME"]).unlink(missing_ok=True)
        raise


def make() -> None:
    """Every table on an empty database, the rows that every site begins with, and all migrations noted as applied.

    `tests/test_template.py` holds the tables and the rows beside those of the migrations.
    """
    # The collation by which others sort stands in the migrations of the foundation, which are few.
    call_command("migrate", "foundation", verbosity=0)
    with override_settings(MIGRATION_MODULES={config.label: None for config in apps.get_app_configs()}):
        call_command("migrate", run_syncdb=True, verbosity=0)
    with connection.schema_editor() as editor:
        for plant in _plantings():
            # The models of today, where a migration would have those of its day.
            plant.code(apps, editor)  # type: ignore[arg-type]
    call_command("migrate", fake=True, verbosity=0)


def _plantings() -> Iterator[migrations.RunPython]:
    """What the migrations plant on an empty database: one that mends rows of before is `elidable`."""
    for config in apps.get_app_configs():
        package = f"{config.name}.migrations"
        if not package.startswith("preau.") or find_spec(package) is None:
            continue
        for name in sorted(module.name for module in iter_modules(import_module(package).__path__)):
            for operation in import_module(f"{package}.{name}").Migration.operations:
                if isinstance(operation, migrations.RunPython) and not operation.elidable:
                    yield operation
