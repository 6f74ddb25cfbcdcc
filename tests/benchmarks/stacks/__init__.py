"""The stacks that are measured, each a process that takes orders: Pullquote, its peers, and the plain encoder.

They are run from the folder `tests`, as `python -m benchmarks.stacks.NAME`, for the peers' environment has nothing of
what the tests import.
"""
