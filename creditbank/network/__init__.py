"""The one way out: what other people publish is fetched here and nowhere else."""
