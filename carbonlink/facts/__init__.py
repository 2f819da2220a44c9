"""What is published: markets, deadlines, holidays, factors; one row a fact, each with its source."""
