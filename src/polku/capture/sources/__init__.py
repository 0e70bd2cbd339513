"""What pages and commands know of sources: their names, silence and alarms, and the rows that wait to be mended."""
