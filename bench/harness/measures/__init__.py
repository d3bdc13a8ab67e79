"""What is measured, in the order of the report. Each module has ALL: (name, title, function(bench) -> section).

Sections with a bar come before those without: where time runs short, the last have fewer rounds. What is caught comes next, so
that a report that somebody ended early shows no speed without it."""
from harness.measures import detection, holding, latency, many, scale, speed, stages

ALL = [*speed.COST, *scale.WITH_A_BAR, *many.ALL, *detection.ALL, *speed.AGREEMENT, *latency.ALL, *stages.ON_AND_OFF, *holding.ALL,
       *scale.CONCURRENCY, *stages.INSIDE]
