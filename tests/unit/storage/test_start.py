from __future__ import annotations

import subprocess
import sys


def test_whoever_keeps_everything_in_a_file_loads_neither_the_driver_of_postgres_nor_alembic() -> None:
    script = (
        "import sys, headrace_services.storage.main\n"
        "print([name for name in ('alembic', 'psycopg', 'sqlalchemy.dialects.postgresql') if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=60)
    assert answer.stdout.strip() == "[]"
