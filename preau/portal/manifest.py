from preau.foundation import boards

boards.public_routes.add(boards.PublicRoute("portal:home", in_sitemap=True))
boards.public_routes.add(boards.PublicRoute("portal:demonstration"))
