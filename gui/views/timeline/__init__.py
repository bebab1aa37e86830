"""The timeline: series as step curves and state lanes over one linked time axis."""
