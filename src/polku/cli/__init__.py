"""The command line: one thin file per command, and the process that serves."""
