"""Config: schemas, their pydantic twin, validation with paths, and values from the environment."""
