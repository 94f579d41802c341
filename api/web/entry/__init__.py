"""Pages by which people come in: welcome, log in, open and claim an account."""
