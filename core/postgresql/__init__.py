"""PostgreSQL as Django speaks to it, whose moments are read in a twentieth of the time (base.py)."""
