"""Pages for whoever is shown something: verify it by every way in. No login."""
