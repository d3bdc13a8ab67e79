"""bench/run's parts: machine, setting, peers, measures, and what is made of the figures."""
