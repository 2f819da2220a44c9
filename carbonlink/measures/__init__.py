"""The economist's questions: markets, deadlines and trade quality put to the models."""
