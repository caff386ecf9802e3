"""Open data as received from public providers, as tidy tables.

Belongs here: the registry of sources (their identity cards), which copy of a source stands in `raw/open`, and the
readers of the providers' formats: Eurostat's bulk TSV, the communes' GeoJSON.

Does not belong here: fetching over the network (`assets/`), which country is a territory and which code contains which
(prepared in SQL, with the seeds), and any figure made from the data.

    registry       the identity cards, and the copies that stand in `raw/open`
    eurostat       series × years as one row a cell, with its flag and status
    communes       the properties of the communes
"""
