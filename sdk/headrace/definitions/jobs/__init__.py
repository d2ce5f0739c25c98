"""Jobs: graphs with everything that they need to run."""
