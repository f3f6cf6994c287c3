"""The sections of a report: each module asks the measures and gives the numbers its text is said from."""
