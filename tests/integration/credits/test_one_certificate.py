"""One certificate is converted once, whoever it was posted for and whoever is gone since."""
