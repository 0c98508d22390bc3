"""How good a result is: word errors and word-time errors against an exact truth."""
