"""Learning passes 学习码: what a citizen chose to show, for whom, until when, and who looked."""
