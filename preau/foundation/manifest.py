"""What the foundation itself publishes: its upkeep and its public pages."""

from preau.foundation import boards, upkeep, works
from preau.foundation.importers import stages, tasks

stages.work_asked.connect(tasks.enqueue, dispatch_uid="importers.work")
works.stop_asked.connect(stages.stop_work, dispatch_uid="importers.stop")
boards.schedule.add(boards.Scheduled("importers.expire", tasks.expire_imports, every_minutes=60))

boards.schedule.add(boards.Scheduled("foundation.tidy", upkeep.tidy, every_minutes=24 * 60))
boards.public_routes.add(boards.PublicRoute("foundation:alive"))
boards.public_routes.add(boards.PublicRoute("foundation:ready"))
boards.public_routes.add(boards.PublicRoute("foundation:at_work"))
boards.public_routes.add(boards.PublicRoute("foundation:figures"))
boards.public_routes.add(boards.PublicRoute("foundation:styleguide"))
boards.public_routes.add(boards.PublicRoute("foundation:styleguide_section"))
