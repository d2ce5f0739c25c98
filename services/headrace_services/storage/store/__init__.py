"""SQL and the machinery around it; knows nothing of protobuf messages."""
