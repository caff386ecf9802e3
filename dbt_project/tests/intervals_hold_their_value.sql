-- 0 <= low <= value <= high, and an sd wherever there is a value.
{% for mart in ['mart_flows', 'mart_metabolism'] %}
select
    '{{ mart }}' as mart,
    figures.value,
    figures.sd,
    figures.low,
    figures.high
from {{ ref(mart) }} as figures
where
    figures.value is not null
    and (
        figures.sd is null
        or figures.sd < 0
        or figures.low is null
        or figures.low < 0
        or figures.low > figures.value
        or figures.high < figures.value
    )
{% if not loop.last %}union all{% endif %}
{% endfor %}
