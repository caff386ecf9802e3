-- Files none of whose rows count any more, with the file that stands in their place.
with answers as (
    select * from {{ ref('int_current_answers') }}
)

select
    answers.source_file,
    max(answers.current_source_file) as superseded_by
from answers
group by answers.source_file
having not bool_or(answers.is_current)
