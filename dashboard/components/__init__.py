"""What pages are made of, and what stands around them: shell, filter bar, panel."""
