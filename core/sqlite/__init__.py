"""SQLite as Django speaks it, whose writers take turns (base.py)."""
