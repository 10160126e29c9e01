"""Every Lambda's code. Importing this package is the first thing a cold start does."""

import gc

# Importing makes a hundred thousand objects that all stay: each full collection on the way looks at them for nothing
# (30 ms of a cold start). A request makes few cycles, so the larger threshold costs a warm function little memory.
gc.set_threshold(50_000, 20, 50)
