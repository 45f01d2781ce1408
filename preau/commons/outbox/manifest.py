from preau.commons.outbox import tasks
from preau.foundation import boards

boards.public_routes.add(boards.PublicRoute("demo:outbox"))
boards.schedule.add(boards.Scheduled("outbox.purge", tasks.purge, every_minutes=24 * 60))
