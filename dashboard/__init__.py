"""The faces of Newsgauge: the command line and the interactive dashboard. They translate; `analysis` computes."""
