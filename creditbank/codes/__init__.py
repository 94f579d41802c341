"""Public code lists that ship with the bank: regions, universities, occupations, fields."""
