"""PostgreSQL as Django speaks to it, whose moments are read in less time (base.py)."""
