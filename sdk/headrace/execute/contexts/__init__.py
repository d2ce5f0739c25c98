"""What user code sees of a run: the contexts of ops, assets, I/O managers, hooks and types, and the state behind them."""
