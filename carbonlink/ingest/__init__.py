"""One short reader a file layout, the tidy table, trade quality and provenance."""
