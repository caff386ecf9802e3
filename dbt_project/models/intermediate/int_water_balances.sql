-- For an establishment that declares its water complete: water in + stock drawn = water out. Not in a year in which one
-- of its rows waits for a decision, nor where only one side was declared.
with establishments as (
    select * from {{ ref('int_establishments') }}
),

flows as (
    select * from {{ ref('int_flows') }}
),

flow_rows as (
    select * from {{ ref('int_flow_rows') }}
),

stocks as (
    select * from {{ ref('int_stocks') }}
),

complete as (
    select
        establishments.establishment_id,
        establishments.year
    from establishments
    where {{ holds_word('establishments.complete_for', 'water') }}
),

waiting as (
    select distinct
        flow_rows.establishment_id,
        flow_rows.year
    from flow_rows
    where
        (flow_rows.family = 'water' or flow_rows.family is null)
        and (not flow_rows.accepted or coalesce(flow_rows.flag, '') = 'sign')
    union
    select distinct
        stocks.establishment_id,
        stocks.year
    from stocks
    where not stocks.accepted and (stocks.family = 'water' or stocks.family is null)
),

drawn as (
    select
        stocks.establishment_id,
        stocks.year,
        {{ exact_sum('stocks.opening_value - stocks.closing_value') }} as stock_drawn
    from stocks
    where stocks.accepted and stocks.family = 'water'
    group by stocks.establishment_id, stocks.year
),

sided as (
    select
        complete.establishment_id,
        complete.year,
        coalesce(bool_or(flows.to_kind = 'establishment' and flows.to_id = complete.establishment_id), false) as has_in,
        coalesce(bool_or(flows.from_kind = 'establishment' and flows.from_id = complete.establishment_id), false)
            as has_out
    from complete
    left join flows
        on
            flows.family = 'water'
            and not flows.is_transit
            and complete.year = flows.year
            and (
                (flows.from_kind = 'establishment' and complete.establishment_id = flows.from_id)
                or (flows.to_kind = 'establishment' and complete.establishment_id = flows.to_id)
            )
    group by complete.establishment_id, complete.year
)

select
    {{ id_of('water', ['complete.establishment_id', 'complete.year']) }} as constraint_id,
    complete.establishment_id,
    complete.year,
    coalesce(drawn.stock_drawn, 0.0) as stock_drawn,
    case
        when waiting.establishment_id is not null then 'unbalanced'
        when not (sided.has_in and sided.has_out) then 'one_sided'
        else 'closed'
    end as state
from complete
inner join sided
    on
        complete.establishment_id = sided.establishment_id
        and complete.year = sided.year
left join waiting
    on
        complete.establishment_id = waiting.establishment_id
        and complete.year = waiting.year
left join drawn
    on
        complete.establishment_id = drawn.establishment_id
        and complete.year = drawn.year
