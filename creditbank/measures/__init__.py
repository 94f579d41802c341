"""Measures 批量处置: what an institution decides about many outcomes at once, one by one done."""
