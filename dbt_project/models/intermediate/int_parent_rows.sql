-- What an establishment declares without a partner beside resources that lie below it, in the same year and direction:
-- its nearest declared descendants. Two declarations or more (by resource and partner) are its children, of which it
-- is the sum.
with declared_rows as (
    select * from {{ ref('int_declared_rows') }}
),

ancestors as (
    select * from {{ ref('int_resource_ancestors') }}
),

declared as (
    select
        declared_rows.establishment_id,
        declared_rows.year,
        declared_rows.direction,
        declared_rows.resource_id,
        bool_or(not declared_rows.has_partner) as is_without_partner,
        count(distinct {{ id_of('partner', [
            'declared_rows.partner_id', 'declared_rows.partner_name', 'declared_rows.partner_postcode',
            'declared_rows.partner_commune', 'declared_rows.partner_country',
        ]) }}) as n_partners
    from declared_rows
    where not declared_rows.is_transit
    group by
        declared_rows.establishment_id, declared_rows.year, declared_rows.direction, declared_rows.resource_id
),

below as (
    select
        coarse.establishment_id,
        coarse.year,
        coarse.direction,
        coarse.resource_id as parent_resource_id,
        coarse.is_without_partner,
        fine.resource_id as child_resource_id,
        fine.n_partners
    from declared as coarse
    inner join declared as fine
        on
            coarse.establishment_id = fine.establishment_id
            and coarse.year = fine.year
            and coarse.direction = fine.direction
    inner join ancestors
        on
            coarse.resource_id = ancestors.ancestor_id
            and fine.resource_id = ancestors.resource_id
            and ancestors.steps > 0
),

between_them as (
    select distinct
        upper_part.establishment_id,
        upper_part.year,
        upper_part.direction,
        upper_part.parent_resource_id,
        lower_part.child_resource_id
    from below as upper_part
    inner join below as lower_part
        on
            upper_part.establishment_id = lower_part.establishment_id
            and upper_part.year = lower_part.year
            and upper_part.direction = lower_part.direction
            and upper_part.child_resource_id = lower_part.parent_resource_id
)

select
    below.establishment_id,
    below.year,
    below.direction,
    below.parent_resource_id,
    below.child_resource_id,
    sum(below.n_partners) over (
        partition by below.establishment_id, below.year, below.direction, below.parent_resource_id
    ) as n_children
from below
left join between_them
    on
        below.establishment_id = between_them.establishment_id
        and below.year = between_them.year
        and below.direction = between_them.direction
        and below.parent_resource_id = between_them.parent_resource_id
        and below.child_resource_id = between_them.child_resource_id
where below.is_without_partner and between_them.child_resource_id is null
