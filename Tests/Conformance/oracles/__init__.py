"""What every query of every dashboard and rule must answer, computed without Prometheus.

A table maps a query to its oracle. Where the simulator's totals, the trouble that the run made or the bodies that
receivers got decide, the value is exact; times and what the process does by itself have bounds, which come from
the collector's own samples on either side of a scrape.
"""
