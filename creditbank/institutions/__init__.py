"""Bodies that post outcomes, employ learners or run the bank, in one tree."""
