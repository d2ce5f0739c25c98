"""What users define: ops, graphs, jobs, assets, resources, schedules, sensors, and their container."""
