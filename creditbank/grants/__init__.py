"""Standing grants 长期授权: a named employer may look at chosen outcomes again until a day."""
