"""Filings 申请: requests that persons decide, step by step along the chain of their rule."""
