"""Bringing a phpBB board in: its texts to Markdown, its topics to questions.

Source: phpBB 3.0 to 3.3, tables as in its install/schemas; texts of 3.2 and later are the XML of
s9e\\TextFormatter, earlier ones carry a bbcode_uid.
"""
