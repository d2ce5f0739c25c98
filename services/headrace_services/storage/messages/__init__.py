"""Between protobuf messages and rows."""
