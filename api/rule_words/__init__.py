"""Conversion rules in plain words, in 中文 and English, and what a version says otherwise."""
