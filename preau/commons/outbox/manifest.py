from preau.foundation import boards

boards.public_routes.add(boards.PublicRoute("demo:outbox"))
