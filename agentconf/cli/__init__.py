"""The command line: joins the rooms, owns stdout and the exit codes."""
