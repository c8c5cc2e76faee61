#!/bin/bash
# A program to capture: updates of random rows of a table of SQLite in memory.
exec sqlite3 :memory: < <(
  echo "create table account(id integer primary key, owner text, balance integer, changed text);
with recursive c(x) as (select 1 union all select x + 1 from c where x < 200000)
insert into account select x, 'owner ' || x, 1000, '2026-01-01 00:00:00' from c;"
  while echo "update account set balance = balance + 1,
changed = datetime(1767225600 + abs(random()) % 9999999, 'unixepoch') where id in ($RANDOM, $RANDOM * 3, $RANDOM * 6);
update account set balance = balance - 1 where id in ($RANDOM, $RANDOM * 5, $RANDOM * 2, 100000 + $RANDOM, 150000 + $RANDOM);"; do :; done 2>/dev/null)
