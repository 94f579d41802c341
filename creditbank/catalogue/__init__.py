"""What can be learned: credit schemes and outcome definitions of the four classes."""
