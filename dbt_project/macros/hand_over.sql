{# What a model made, as Parquet in the lake: nobody but dbt opens the warehouse, so the analysis and the publication
   read these files. Ordered by all columns, so that the same rows give the same bytes. #}
{% macro hand_over(folder) %}
  {{ return(adapter.dispatch('hand_over', 'circulez')(folder)) }}
{% endmacro %}

{% macro duckdb__hand_over(folder) %}
  {%- set path = env_var('CIRCULEZ_LAKE', '.') ~ '/' ~ folder ~ '/' ~ this.identifier ~ '.parquet' -%}
  copy (select * from {{ this }} order by all) to '{{ path | replace("'", "''") }}' (format parquet, compression zstd)
{% endmacro %}
