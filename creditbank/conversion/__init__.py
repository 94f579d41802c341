"""How learning becomes credit. All pure: exact amounts, rule data, decisions."""
