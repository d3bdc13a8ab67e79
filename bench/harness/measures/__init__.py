"""What is measured, in the order of the report. Each module has ALL: (name, title, function(bench) -> section).

Sections with a bar come before those without: where time runs short, the last have fewer rounds."""
from harness.measures import detection, holding, latency, many, scale, speed, stages

ALL = [*speed.ALL, *latency.ALL, *holding.ALL, *many.ALL, *scale.ALL, *stages.ALL, *detection.ALL]
