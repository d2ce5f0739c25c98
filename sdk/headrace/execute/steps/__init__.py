"""One attempt of one step: resources, inputs, the function of the user, checks, outputs, hooks."""
