"""When and how it is made: definitions, run configuration, the command line.

Belongs here: which assets, resources and jobs there are, how a run is started and shown.
Does not belong here: what an asset makes (`assets/`).
"""
