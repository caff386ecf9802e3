-- Which code of waste statistics contains which, year by year: a parent that a year does not have is stepped over.
with recursive codes as (
    select
        'activity' as dimension,
        activities.code,
        activities.parent_code,
        'activity' as breakdown,
        activities.first_year,
        activities.last_year,
        activities.label_en,
        activities.label_fr,
        activities.label_de
    from {{ ref('nace_waste_activities') }} as activities
    union all
    select
        'category' as dimension,
        categories.code,
        categories.parent_code,
        categories.breakdown,
        categories.first_year,
        categories.last_year,
        categories.label_en,
        categories.label_fr,
        categories.label_de
    from {{ ref('waste_categories') }} as categories
),

years as (
    select distinct waste.year from {{ ref('stg_open_waste') }} as waste
),

in_use as (
    select
        codes.dimension,
        codes.code,
        years.year
    from codes
    inner join years
        on
            years.year >= coalesce(codes.first_year, years.year)
            and years.year <= coalesce(codes.last_year, years.year)
),

lines as (
    select
        codes.dimension,
        codes.code,
        codes.parent_code as ancestor_code,
        1 as steps
    from codes
    where codes.parent_code is not null
    union all
    select
        lines.dimension,
        lines.code,
        above.parent_code as ancestor_code,
        lines.steps + 1 as steps
    from lines
    inner join codes as above on lines.dimension = above.dimension and lines.ancestor_code = above.code
    where above.parent_code is not null
),

nearest as (
    select
        lines.dimension,
        lines.code,
        child.year,
        lines.ancestor_code as parent_code
    from lines
    inner join in_use as child on lines.dimension = child.dimension and lines.code = child.code
    inner join in_use as parent
        on
            lines.dimension = parent.dimension
            and lines.ancestor_code = parent.code
            and child.year = parent.year
    qualify row_number() over (partition by lines.dimension, lines.code, child.year order by lines.steps) = 1
),

with_children as (
    select distinct
        nearest.dimension,
        nearest.parent_code as code,
        nearest.year
    from nearest
)

select
    codes.dimension,
    codes.code,
    years.year,
    in_use.code is not null as is_in_use,
    nearest.parent_code,
    codes.breakdown,
    in_use.code is not null and with_children.code is null and codes.breakdown in ('activity', 'category') as is_leaf,
    codes.label_en,
    codes.label_fr,
    codes.label_de
from codes
cross join years
left join in_use on codes.dimension = in_use.dimension and codes.code = in_use.code and years.year = in_use.year
left join nearest on codes.dimension = nearest.dimension and codes.code = nearest.code and years.year = nearest.year
left join with_children
    on
        codes.dimension = with_children.dimension
        and codes.code = with_children.code
        and years.year = with_children.year
