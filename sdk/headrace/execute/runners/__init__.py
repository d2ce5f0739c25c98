"""Where attempts run: in this process, in forks of a zygote, or in fresh interpreters."""
