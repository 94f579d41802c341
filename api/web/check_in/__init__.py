"""Pages by which people check in at a venue: those of its devices, and where its codes lead."""
