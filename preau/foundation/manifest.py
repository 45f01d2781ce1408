"""What the foundation itself publishes: its upkeep and its public pages."""

from preau.foundation import boards, upkeep

boards.schedule.add(boards.Scheduled("foundation.tidy", upkeep.tidy, every_minutes=24 * 60))
boards.public_routes.add(boards.PublicRoute("foundation:alive"))
boards.public_routes.add(boards.PublicRoute("foundation:ready"))
boards.public_routes.add(boards.PublicRoute("foundation:styleguide"))
boards.public_routes.add(boards.PublicRoute("foundation:styleguide_section"))
