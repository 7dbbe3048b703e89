"""The words of lines by their pairs of characters, so that two syllables are found among millions (ADR 63)."""

from django.db import migrations

from moa.control.rowsecurity import append_only, group_table, sql

BIGRAMS = """
create function moa_bigrams(given text) returns text[] language sql immutable strict parallel safe as $$
    select coalesce(array_agg(one || next), '{}')
      from (select unnest(letters) as one, unnest(letters[2:]) as next
              from (select string_to_array(given, null) as letters) split) pairs
     where next is not null
$$;
"""

WORDS = """
create table accounts_linewords (
    group_id bigint not null,
    line_id bigint not null,
    booked_on date not null,
    words text not null,
    primary key (group_id, line_id)
);
create index words_by_bigram on accounts_linewords using gin (moa_bigrams(words));
create table accounts_wordsread (
    group_id bigint primary key references control_group (id),
    until_id bigint not null
);
"""

# With the owner's rights: under a policy no index serves LIKE or @>, which may leak. So the group stands in each WHERE.
FIND = """
create function accounts_find_words(asked text, at_most integer) returns table (booked_on date, line_id bigint)
    language plpgsql stable security definer set search_path = public, pg_temp
    set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
    own bigint := nullif(current_setting('moa.group_id', true), '')::bigint;
    word text := lower(asked);
    pattern text := '%' || replace(replace(replace(word, '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%';
    read_until bigint := coalesce((select until_id from accounts_wordsread where group_id = own), 0);
begin
    if own is null or char_length(word) < 2 then
        raise exception 'a group and two characters are needed' using errcode = '22023';
    end if;
    return query
        (select w.booked_on, w.line_id from accounts_linewords w
          where w.group_id = own and moa_bigrams(w.words) @> moa_bigrams(word) and w.words like pattern
         union all
         select t.booked_on, t.id from accounts_transaction t
          where t.group_id = own and t.id > read_until
            and lower(t.counterparty || chr(10) || t.description || chr(10) || t.reference) like pattern)
        limit at_most;
end $$;
revoke execute on function accounts_find_words(text, integer) from public;
grant execute on function accounts_find_words(text, integer) to {app};
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_watches"), ("control", "0011_saved_views")]

    operations = [
        sql(BIGRAMS),
        sql(WORDS),
        group_table("accounts_linewords", grant="select, insert"),
        append_only("accounts_linewords"),
        group_table("accounts_wordsread", grant="select, insert, update"),
        sql(FIND),
    ]
