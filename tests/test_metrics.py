"""Figures of the site: for whoever shows its token, and about nobody."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from conftest import SchoolClient
from preau.directory.seeds.world import World
from preau.foundation import metrics

ROOT = Path(__file__).parent.parent
TOKEN = "of this site"


def metrics_response(client: SchoolClient, token: str = TOKEN) -> Any:
    return client.get("/metrics", headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def scraped(college: World, client: SchoolClient, settings: Any, tmp_path: Path) -> Any:
    """`scraped()`: what Prometheus reads."""
    settings.METRICS_TOKEN = TOKEN
    settings.BACKUP_DIR = tmp_path
    (tmp_path / "2026-11-24T010000Z").mkdir()
    (tmp_path / "2026-11-24T010000Z" / "manifest.json").touch()

    def read() -> str:
        return metrics_response(client).content.decode()

    return read


def test_nobody_reads_them_without_the_token(college: World, client: SchoolClient, settings: Any) -> None:
    assert metrics_response(client).status_code == 404
    settings.METRICS_TOKEN = TOKEN
    assert metrics_response(client, "of another site").status_code == 404
    client.sit(college.people["head"])
    assert client.get("/metrics").status_code == 404
    assert metrics_response(client).status_code == 200


def test_the_version_that_answers_is_told(scraped: Any, settings: Any) -> None:
    assert f'preau_info{{version="{settings.VERSION}"}} 1.0' in scraped()


def test_what_waits_is_told_with_its_age(scraped: Any) -> None:
    DBTaskResult.objects.filter(status=TaskResultStatus.READY).delete()
    assert 'preau_tasks_waiting{queue="default"} 0.0' in scraped()
    task = DBTaskResult.objects.create(
        status=TaskResultStatus.READY, task_path="preau.x", queue_name="default", backend_name="default", priority=0,
        args_kwargs={"args": ["Zéphyrin"], "kwargs": {}}, run_after=timezone.now() - timedelta(hours=1), exception_class_path="", traceback="", worker_ids=[],
    )  # fmt: skip
    DBTaskResult.objects.filter(pk=task.pk).update(enqueued_at=timezone.now() - timedelta(minutes=20))
    page = scraped()
    assert 'preau_tasks_waiting{queue="default"} 1.0' in page
    assert 'preau_tasks_oldest_seconds{queue="default"} 1200.0' in page
    assert "preau_worker_alive 0.0" in page and "Zéphyrin" not in page


def test_backups_disks_sign_ins_and_what_was_looked_at(
    college: World, client: SchoolClient, scraped: Any
) -> None:
    metrics.keep_looked({"certificate": 1, "clock": 0}, timezone.now() + timedelta(days=10))
    client.sit(college.people["teacher"])
    page = scraped()
    # 10:30 in Paris.
    assert f"preau_backup_age_seconds {8.5 * 3600}" in page
    assert "preau_certificate_seconds 864000.0" in page
    assert 'preau_site_faults{look="certificate"} 1.0' in page
    assert 'preau_sign_ins{within="5m"} 1.0' in page
    assert re.search(r'preau_disk_used_ratio\{folder="var"\} 0\.\d+', page)
    assert college.people["teacher"].family_name not in page


def test_answers_are_counted_by_route_and_never_by_address(client: SchoolClient, college: World) -> None:
    asked = RequestFactory().get("/demande/de-quelqu-un/?nom=Zephyrin")
    metrics.PagesMiddleware(lambda _request: HttpResponse(status=503))(asked)
    page = metrics.written().decode()
    assert "Zephyrin" not in page and "quelqu" not in page


def test_rules_and_dashboard_speak_of_figures_that_exist(scraped: Any) -> None:
    metrics.keep_looked({"certificate": 0}, timezone.now())
    page = scraped()
    known = set(re.findall(r"^# TYPE (preau_\w+)", page, re.MULTILINE)) | {
        "preau_answers_total", "preau_answer_seconds_bucket", "preau_answer_seconds_sum", "preau_answer_seconds_count",
    }  # fmt: skip
    for name in ("preau.rules.yml", "preau.test.yml", "grafana.json"):
        text = (ROOT / "deploy" / "prometheus" / name).read_text()
        assert set(re.findall(r"\b(preau_\w+)", text)) <= known
