"""Reading: queries, column tables, files. Nothing here writes to the database."""
