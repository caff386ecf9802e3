-- What only the answers together can tell; their words are made in the analysis.
with declarations as (
    select * from {{ ref('int_declarations') }}
),

actors as (
    select * from {{ ref('stg_actors') }}
),

establishments as (
    select * from {{ ref('int_establishments') }}
),

sheets as (
    select * from {{ ref('stg_establishments') }}
),

territories as (
    select * from {{ ref('stg_territories') }}
),

places as (
    select * from {{ ref('int_establishment_places') }}
),

answers as (
    select * from {{ ref('int_current_answers') }}
),

parent_rows as (
    select * from {{ ref('int_parent_rows') }}
),

equivalent_names as (
    select * from {{ ref('int_equivalent_names') }}
),

controls as (
    select * from {{ ref('int_controls') }}
),

controlled as (
    select distinct control_flows.control_id
    from {{ ref('int_control_flows') }} as control_flows
),

balances as (
    select * from {{ ref('int_balances') }}
),

mobility as (
    select * from {{ ref('int_mobility') }}
),

about_controls as (
    select
        controls.*,
        controls.state as kind
    from controls
    where controls.state <> 'used'
    union all
    select
        controls.*,
        'control_over_nothing' as kind
    from controls
    left join controlled on controls.control_id = controlled.control_id
    where controls.state = 'used' and controls.value > 0 and controlled.control_id is null
    union all
    select
        controls.*,
        'control_twice' as kind
    from controls
    where controls.state = 'used'
    qualify count(*) over (
        partition by controls.territory_id, controls.year, controls.resource_id, controls.side
    ) > 1
),

samples as (
    -- How many persons answered, by what the mobility rows of an establishment say
    select
        mobility.establishment_id,
        mobility.year,
        min(establishments.employees) as employees,
        min(mobility.surveyed) as fewest,
        max(mobility.surveyed) as most,
        count(*) filter (where mobility.surveyed is null) as n_without,
        sum(mobility.commuters) as commuters
    from mobility
    inner join establishments
        on
            mobility.establishment_id = establishments.establishment_id
            and mobility.year = establishments.year
    group by mobility.establishment_id, mobility.year
),

about_samples as (
    select
        samples.*,
        'sample_exceeded' as kind,
        {{ shown('samples.commuters') }} || ' > ' || {{ shown('samples.most') }} as detail
    from samples
    where samples.commuters > samples.most
    union all
    select
        samples.*,
        'sample_larger_than_staff' as kind,
        {{ shown('samples.most') }} || ' > ' || {{ shown('samples.employees') }} as detail
    from samples
    where samples.most > samples.employees
    union all
    select
        samples.*,
        'sample_unclear' as kind,
        {{ shown('samples.fewest') }} || case
            when samples.fewest < samples.most then ' / ' || {{ shown('samples.most') }}
            else ' / —'
        end as detail
    from samples
    where samples.fewest < samples.most or (samples.most is not null and samples.n_without > 0)
    union all
    select
        samples.*,
        'sample_without_staff' as kind,
        {{ shown('samples.most') }} as detail
    from samples
    where samples.most is not null and coalesce(samples.employees, 0) = 0
),

folders as (
    select
        places.establishment_id,
        places.year,
        min(places.place_id) as territory_id,
        count(*) as n_folders,
        string_agg(places.place_id, ', ' order by places.place_id) as folders
    from places
    where places.given_by = 'folder'
    group by places.establishment_id, places.year
),

answered_years as (
    select distinct
        answers.establishment_id,
        answers.year
    from answers
),

about_rows as (
    select
        declarations.source_file,
        declarations.source_sha256,
        declarations.source_sheet,
        declarations.source_row,
        declarations.year,
        declarations.establishment_id,
        'partner_id' as column_name,
        case
            when declarations.partner_id = declarations.establishment_id then 'partner_is_self' else 'unknown_partner'
        end as kind,
        declarations.partner_id as declared
    from declarations
    left join actors on declarations.partner_id = actors.actor_id
    where
        declarations.partner_id is not null
        and declarations.partner_establishment_id is null
        and lower(declarations.partner_id) <> 'nature'
        and actors.actor_id is null
    union all
    select
        declarations.source_file,
        declarations.source_sha256,
        declarations.source_sheet,
        declarations.source_row,
        declarations.year,
        declarations.establishment_id,
        case when declarations.is_commute then 'residence' else 'partner_commune' end as column_name,
        'unknown_place' as kind,
        declarations.partner_commune as declared
    from declarations
    where declarations.partner_commune is not null and declarations.commune_territory_id is null
    union all
    select
        declarations.source_file,
        declarations.source_sha256,
        declarations.source_sheet,
        declarations.source_row,
        declarations.year,
        declarations.establishment_id,
        case when declarations.is_commute then 'residence_country' else 'partner_country' end as column_name,
        'unknown_country' as kind,
        declarations.partner_country as declared
    from declarations
    where length(declarations.partner_country) <> 2
    union all
    select
        declarations.source_file,
        declarations.source_sha256,
        declarations.source_sheet,
        declarations.source_row,
        declarations.year,
        declarations.establishment_id,
        case when declarations.is_commute then 'residence_postcode' else 'partner_postcode' end as column_name,
        'unknown_postcode' as kind,
        declarations.partner_postcode as declared
    from declarations
    where declarations.partner_postcode is not null and not declarations.is_known_postcode
    union all
    select
        sheets.source_file,
        sheets.source_sha256,
        sheets.source_sheet,
        sheets.source_row,
        sheets.year,
        sheets.establishment_id,
        'commune' as column_name,
        'unknown_place' as kind,
        sheets.commune as declared
    from sheets
    left join territories on sheets.commune = territories.territory_id
    where sheets.accepted and sheets.commune is not null and territories.territory_id is null
),

about_establishments as (
    select
        establishments.year,
        establishments.establishment_id,
        'located_by_folder' as kind,
        establishments.establishment_id as declared,
        null as detail
    from establishments
    inner join answered_years
        on
            establishments.establishment_id = answered_years.establishment_id
            and establishments.year = answered_years.year
    where not establishments.has_sheet and not establishments.is_in_frame
    union all
    select
        folders.year,
        folders.establishment_id,
        'two_territories' as kind,
        folders.establishment_id as declared,
        folders.folders as detail
    from folders
    inner join answered_years
        on
            folders.establishment_id = answered_years.establishment_id
            and folders.year = answered_years.year
    where folders.n_folders > 1
    union all
    select
        balances.year,
        balances.establishment_id,
        case when balances.kind = 'water' then balances.state else balances.kind || '_' || balances.state end as kind,
        balances.establishment_id as declared,
        null as detail
    from balances
    where balances.state <> 'closed'
    union all
    select
        parent_rows.year,
        parent_rows.establishment_id,
        'lone_child' as kind,
        parent_rows.parent_resource_id as declared,
        parent_rows.child_resource_id as detail
    from parent_rows
    where parent_rows.n_children = 1
    union all
    select
        equivalent_names.year,
        equivalent_names.code_declared_by as establishment_id,
        case when equivalent_names.is_paired then 'equivalent_paired' else 'equivalent_apart' end as kind,
        equivalent_names.waste_resource_id as declared,
        equivalent_names.resource_id || ' (' || equivalent_names.name_declared_by || ')' as detail
    from equivalent_names
    union all
    select
        about_samples.year,
        about_samples.establishment_id,
        about_samples.kind,
        about_samples.establishment_id as declared,
        about_samples.detail
    from about_samples
)

select
    folders.territory_id,
    about_rows.year,
    about_rows.source_file,
    about_rows.source_sha256,
    about_rows.source_sheet,
    about_rows.source_row,
    about_rows.establishment_id,
    about_rows.column_name,
    about_rows.kind,
    about_rows.declared,
    cast(null as varchar) as detail
from about_rows
left join folders
    on
        about_rows.establishment_id = folders.establishment_id
        and about_rows.year = folders.year
union all
select
    folders.territory_id,
    about_establishments.year,
    null as source_file,
    null as source_sha256,
    null as source_sheet,
    null as source_row,
    about_establishments.establishment_id,
    null as column_name,
    about_establishments.kind,
    about_establishments.declared,
    about_establishments.detail
from about_establishments
left join folders
    on
        about_establishments.establishment_id = folders.establishment_id
        and about_establishments.year = folders.year
union all
select
    about_controls.territory_id,
    about_controls.year,
    'controls.csv' as source_file,
    null as source_sha256,
    'controls' as source_sheet,
    about_controls.source_row,
    null as establishment_id,
    case when about_controls.kind = 'control_unknown_territory' then 'territory_id' end as column_name,
    about_controls.kind,
    about_controls.territory_id as declared,
    about_controls.resource_id || ' ' || about_controls.side as detail
from about_controls
