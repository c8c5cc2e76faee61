#!/bin/sh
# A program to capture: inserts with random keys into a table of SQLite in memory, its B-tree pages shift.
exec sqlite3 :memory: "
create table t(k integer primary key, v text); create index i on t(v);
with recursive c(x) as (select 1 union all select x + 1 from c where x < 100000)
insert or ignore into t select abs(random()) % 1000000000, hex(randomblob(12)) from c;
with recursive c(x) as (select 1 union all select x + 1 from c)
insert or ignore into t select abs(random()) % 1000000000, hex(randomblob(12)) from c;"
