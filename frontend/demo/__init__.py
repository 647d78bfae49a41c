"""The demo: a believable association, loaded on the first start of a development installation."""
