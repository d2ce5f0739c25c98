"""Running a plan: everything between a resolved job and its events, without a network."""
