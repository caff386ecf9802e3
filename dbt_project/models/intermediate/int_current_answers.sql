-- The later file name decides, compared without its folder by code point, ties by the full path.
with answers as (
    select * from {{ ref('stg_answers') }}
),

ranked as (
    select
        answers.sheet,
        answers.year,
        answers.establishment_id,
        answers.folder_territory_id,
        answers.answer_id,
        answers.answer_name,
        answers.source_file,
        first_value(answers.answer_id) over (
            partition by answers.sheet, answers.year, answers.establishment_id
            order by answers.answer_name desc, answers.answer_id desc
        ) as current_answer_id,
        first_value(answers.source_file) over (
            partition by answers.sheet, answers.year, answers.establishment_id
            order by answers.answer_name desc, answers.answer_id desc, answers.source_file desc
        ) as current_source_file
    from answers
)

select
    ranked.sheet,
    ranked.year,
    ranked.establishment_id,
    ranked.folder_territory_id,
    ranked.answer_id,
    ranked.source_file,
    ranked.answer_id = ranked.current_answer_id as is_current,
    ranked.current_source_file
from ranked
