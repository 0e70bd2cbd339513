"""Pages of collecting answers: links, posters, e-mail."""
