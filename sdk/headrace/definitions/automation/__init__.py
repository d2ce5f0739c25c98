"""What schedules, sensors and automation conditions have in common, and the conditions themselves."""
