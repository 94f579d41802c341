"""Pure: transfer agreements in their own notation, read into rules or left to a person."""
