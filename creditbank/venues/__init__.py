"""Check-in at venues 学习打卡: live codes, cards, rosters and kiosks, and the visits they make."""
