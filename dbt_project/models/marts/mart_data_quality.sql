with findings as (
    select * from {{ source('analysed', 'findings') }}
),

decisions as (
    select * from {{ ref('stg_decisions') }}
)

select
    findings.finding_id,
    findings.territory_id,
    cast(findings.year as integer) as year,
    findings.source_file,
    findings.source_sha256,
    findings.source_sheet,
    findings.source_row,
    findings.establishment_id,
    findings.column_name,
    findings.kind,
    findings.severity,
    findings.declared,
    findings.suggested,
    decisions.decision,
    findings.message_en,
    findings.message_fr,
    findings.message_de
from findings
left join decisions on findings.finding_id = decisions.subject_id
