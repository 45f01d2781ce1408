from typing import Any

app_name = "report_cards"
urlpatterns: list[Any] = []
