"""What companies of a territory could do together: exchange a flow, pool a service, work on a shared issue.

Belongs here: which outflow could feed which inflow (`exchanges`), which services could be bought together (`pooling`),
which issues are shared (`activities`), what was tried and what it gave (`pilots`); their quantities, money, greenhouse
gases, obstacles and next steps, with the words for people in three languages.

Does not belong here: where flows and answers come from, reconciliation, which edition shows what to whom, and any fact
about materials, waste or prices: those are seeds, a source on every line.

Exchanges, from the whole to its parts: `exchanges` (the table), `knowledge` (who can use what), `lots`, `supplies` and
`needs` (what is offered and needed), `candidates` and `distance` (who might meet whom), `quantity` and `money` (how
much, and whether it pays), `allocation` (nothing promised twice), `exchange_notes` and `exchange_words` (reasons,
obstacles, next step).
"""
