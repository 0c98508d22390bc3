"""Several machines: a scheduler, workers that each hold one engine, and a client with the ledger."""
