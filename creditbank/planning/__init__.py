"""Which conversions give the most applied credit: an exact small integer programme."""
