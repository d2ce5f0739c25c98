"""All services in one thread, on virtual time, over a network that loses, delays and repeats: a seed decides what happens.

The services are the real ones, on a real SQLite database. What is simulated is what surrounds them: time, the network between
them, the processes they run in (which can be killed and frozen), and code locations with their workers. Since nothing waits for
real time, minutes of trouble pass in a second, and the same seed brings the same trouble again.
"""
