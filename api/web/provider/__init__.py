"""Pages of those who post results: registrars of schools, training bodies and museums."""
