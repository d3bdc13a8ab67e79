"""What is measured, in the order of the report. Each module has ALL: (name, title, function(bench) -> section)."""
from harness.measures import detection, holding, latency, many, scale, speed, stages

ALL = [*speed.ALL, *latency.ALL, *holding.ALL, *scale.ALL[:1], *many.ALL, *scale.ALL[1:], *stages.ALL, *detection.ALL]
