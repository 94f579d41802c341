"""Evidence 佐证材料 of what a learner achieved: seen once, sealed under her key, never public."""
