"""What survives kill -9: rows, undelivered stream records, objects and users, written before a call is answered."""
