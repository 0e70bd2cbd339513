"""The first page of the week, and its e-mail."""
