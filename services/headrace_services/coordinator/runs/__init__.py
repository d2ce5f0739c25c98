"""Single runs: what they are meant for, what makes them complete, and which states follow each other."""
