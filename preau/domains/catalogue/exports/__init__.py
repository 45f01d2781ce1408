"""What leaves the catalogue: citations, records for other catalogues, cards for other sites."""
