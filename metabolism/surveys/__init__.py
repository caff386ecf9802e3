"""From files as received to tidy tables with a finding for whatever could not be read.

Belongs here: recognising files, sheets and columns; encodings, separators, numbers and dates; `mapping.yaml`; the
checks of one row by itself.

Does not belong here: anything that needs the answers of another company (that is prepared in SQL), and any figure.
"""
