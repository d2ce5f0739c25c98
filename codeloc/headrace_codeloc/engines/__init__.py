"""Starting workers in engines: Docker, Kubernetes, ECS, Celery.

The launcher starts the workers of runs with them, and workers of runs start those of their steps. `base.py` is what an engine
must be able to do, `settings.py` how its configuration is put together, `known.py` which engines there are.
"""

from __future__ import annotations
