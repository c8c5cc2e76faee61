#!/bin/sh
# A program to capture: inserts of long text keys in random order into an index of SQLite.
exec sqlite3 :memory: "
create table t(name text primary key, amount real, note text) without rowid;
with recursive c(x) as (select 1 union all select x + 1 from c)
insert or ignore into t select 'customer/' || hex(randomblob(10)) || '/account', abs(random()) % 100000 / 100.0,
substr('transferred by standing order of the first of the month', 1, abs(random()) % 55) from c;"
