"""A school's own tables, CSV or XLSX: somebody of the school says what each column holds (docs/decisions/0077)."""
