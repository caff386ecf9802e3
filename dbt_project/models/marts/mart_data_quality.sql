with findings as (
    select * from {{ source('analysed', 'findings') }}
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
    cast(null as varchar) as decision,
    findings.message_en,
    findings.message_fr,
    findings.message_de
from findings
