"""A synthetic territory: its true network, drawn from a seed, and the answers that its companies would give of it.

Belongs here: the fictional companies, the true flows of each, what was planted in them (exchanges, decoys, pools,
shared activities), the answers drawn round the truth in the shapes that real ones have, the mistakes, and the tables of
truth. All are pure functions of a seed: nothing is read, nothing is written.

Does not belong here: writing files (`pipelines.bundle`), and anything that the pipeline itself computes. The factors of
units are written here once more, on purpose: a wrong factor of the pipeline must not hide in the case it is held against.

From the whole to its parts: `case` (all files of a seed), `roster` (who there is), `recipes` (what a trade needs),
`plan` (what is planted), `network` (the true flows of both years), `declarations` (the sheet `flows`), `context` (the
other sheets), `campaign` (who answers, and in which shape), `mistakes`, `shapes` (tables as bytes), `exports` (answers
through a mapping), `registers` (the tables at the top of raw/), `truth` (what the results are held against).
"""
