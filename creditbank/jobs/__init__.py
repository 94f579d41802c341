"""Work that goes on behind the doors, in threads of the serving process or in one of its own."""
