"""The pages. Each has `layout()`, what stands on it, and `register(app, answers)`, which fills it."""
