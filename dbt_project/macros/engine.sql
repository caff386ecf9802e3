{# Expressions that differ between engines, each behind one dispatched macro that says why. #}

{# A sum of doubles that does not depend on the order of the rows: DuckDB's `sum` varies between runs on two threads.
   Null where there is nothing to add. #}
{% macro exact_sum(expression, where=none) %}
  {{- return(adapter.dispatch('exact_sum', 'circulez')(expression, where)) -}}
{% endmacro %}
{% macro duckdb__exact_sum(expression, where) -%}
  fsum({{ expression }} order by {{ expression }}){% if where %} filter (where {{ where }}){% endif %}
{%- endmacro %}

{# A short stable id from several columns: md5 is spelled alike on most engines, concatenation with null is not. #}
{% macro id_of(prefix, columns) %}
  {{- return(adapter.dispatch('id_of', 'circulez')(prefix, columns)) -}}
{% endmacro %}
{% macro duckdb__id_of(prefix, columns) -%}
  '{{ prefix }}-' || left(md5(concat_ws(chr(31){% for column in columns %}, coalesce(cast({{ column }} as varchar), ''){% endfor %})), 16)
{%- endmacro %}

{# Whether a word stands in a list written `water;waste`: functions on lists differ on every engine. #}
{% macro holds_word(list, word) %}
  {{- return(adapter.dispatch('holds_word', 'circulez')(list, word)) -}}
{% endmacro %}
{% macro duckdb__holds_word(list, word) -%}
  list_contains(string_split(coalesce({{ list }}, ''), ';'), '{{ word }}')
{%- endmacro %}

{# A postcode without blanks and without a prefix such as `L-` (or `L` before four digits): regexp_replace replaces the first or all, by engine. #}
{% macro bare_postcode(expression) %}
  {{- return(adapter.dispatch('bare_postcode', 'circulez')(expression)) -}}
{% endmacro %}
{% macro duckdb__bare_postcode(expression) -%}
  regexp_replace(regexp_replace(replace(upper({{ expression }}), ' ', ''), '^[A-Z]{1,3}-', ''), '^L([0-9]{4})$', '\1')
{%- endmacro %}

{# The distinct values of a group as a list, in their order. #}
{% macro list_of(expression) %}
  {{- return(adapter.dispatch('list_of', 'circulez')(expression)) -}}
{% endmacro %}
{% macro duckdb__list_of(expression) -%}
  list(distinct {{ expression }} order by {{ expression }})
{%- endmacro %}

{# A number as a person writes it, 12 and 12.5 instead of 12.0: formats differ on every engine. #}
{% macro shown(expression) %}
  {{- return(adapter.dispatch('shown', 'circulez')(expression)) -}}
{% endmacro %}
{% macro duckdb__shown(expression) -%}
  format('{:g}', {{ expression }})
{%- endmacro %}
