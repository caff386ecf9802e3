"""SQL models by themselves: rendered, and run in DuckDB in memory."""
