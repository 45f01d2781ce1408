"""What a service is, and what a school lets it do. The journal says which fields changed, never what was typed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from preau.commons.lti.models import Agreement, Tool
from preau.commons.signon.models import Opening, Service
from preau.directory.viewer import Viewer
from preau.foundation import journal
from preau.foundation.locks import lock


@dataclass(frozen=True)
class Facts:
    """What was said of a service: plain fields, and what it wants to do by itself with the reason of each."""

    fields: Mapping[str, Any]
    why: Mapping[str, str]


@transaction.atomic
def save_tool(viewer: Viewer, service: Service, said: Facts) -> list[str]:
    """Write what was said of a service; returns the names of what changed. Keys read at a former address are forgotten."""
    lock(Service, service.pk)
    tool = Tool.objects.filter(service=service).first() or Tool(service=service)
    asks = {
        key: {"why": why, "since": tool.asks.get(key, {}).get("since", viewer.today.isoformat())}
        for key, why in said.why.items()
    }
    facts = {**said.fields, "asks": asks}
    changed = [name for name, value in facts.items() if getattr(tool, name) != value]
    if not changed and tool.pk:
        return []
    for name in changed:
        setattr(tool, name, facts[name])
    if "keys_url" in changed:
        tool.read_keys, tool.keys_read_at = [], None
    tool.save()
    journal.record(viewer, "lti.tool_changed", service, changed=",".join(changed), asks=",".join(tool.wants))
    return changed


@transaction.atomic
def agree(viewer: Viewer, opening: Opening, tool: Tool, allowed: Collection[str]) -> bool:
    """What the school lets the service do by itself; returns whether it changed."""
    lock(Opening, opening.pk)
    held = Agreement.objects.filter(opening=opening).first() or Agreement(opening=opening)
    kept = [key for key in tool.wants if key in allowed]
    if kept == held.allowed and held.pk:
        return False
    held.allowed = kept
    held.save()
    journal.record(viewer, "lti.agreed", opening, asks=",".join(kept))
    return True
