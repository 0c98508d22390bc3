"""Libraries of many files: what there is, what is to be done, who does it, and a ledger that survives all of them."""
