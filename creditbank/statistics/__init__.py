"""Statistics: what the bank holds and decides, in counts that name nobody."""
