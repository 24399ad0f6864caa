"""The frame round every workspace: run bar, rail, input panel, status bar, messages."""
