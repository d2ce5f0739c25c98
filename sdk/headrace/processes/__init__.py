"""What processes that fork ask of the kernel: the ends of their children, an end with their parent, a name."""
