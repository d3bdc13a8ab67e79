"""Raw requests and function answers, and what must become of each. README.md says how to add one."""
