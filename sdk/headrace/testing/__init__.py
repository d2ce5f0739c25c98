"""What users need to test their own ops, assets, resources and I/O managers."""
