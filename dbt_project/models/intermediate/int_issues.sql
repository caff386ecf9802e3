-- What stands: accepted rows of each establishment's current answer.
with issues as (
    select * from {{ ref('stg_issues') }}
),

answers as (
    select * from {{ ref('int_current_answers') }}
)

select
    issues.establishment_id,
    issues.year,
    issues.theme_text,
    issues.theme_id,
    issues.priority,
    issues.wants_to,
    issues.barrier_id,
    issues.comment,
    issues.source_file,
    issues.source_row
from issues
inner join answers
    on
        answers.sheet = 'issues'
        and issues.answer_id = answers.answer_id
        and issues.source_file = answers.source_file
        and issues.year = answers.year
        and issues.establishment_id = answers.establishment_id
where answers.is_current and issues.accepted
