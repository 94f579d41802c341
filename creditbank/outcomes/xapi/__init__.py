"""Experience API (IEEE 9274.1.1, xAPI 1.0.3): statements of a learning system as postings."""
