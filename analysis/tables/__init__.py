"""From records to tables: the schema of every table, and the rules that settle an article known from several places."""
