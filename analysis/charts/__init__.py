"""Charts: a measure's frame in, a Plotly figure out. Each says what it counts, and has a summary in words."""
