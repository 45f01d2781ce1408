"""The CSV files of a primary school: ONDE, the BE1D extraction before it, and the templates of the ENT."""
