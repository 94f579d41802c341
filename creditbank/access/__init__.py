"""Who acts: API keys of institutions and the `Actor` that the rooms above receive."""
