"""Rules of five common shapes as worksheets with Chinese headers, and back."""
