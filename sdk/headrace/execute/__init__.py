"""Running a plan: everything between a resolved job and its events, without a network.

A run goes through the rooms in this order: `planning` lays out its steps, `runs` turns the loop, `scheduling` decides which
step starts, `runners` find a process for it, `steps` runs one attempt with the `contexts` that user code sees, and all of them
tell what happens as `events`. The modules beside them are what every room shares: the request (`spec`, `run_info`), what
all steps of a run have in common (`frame`, `runner`), what is captured, and how it is stopped.
"""
