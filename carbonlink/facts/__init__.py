"""What is published: markets, deadlines, holidays, factors; a row a fact, with its source."""
