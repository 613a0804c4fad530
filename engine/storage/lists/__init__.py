"""Lists that people page through: as fast with a million rows as with a hundred.

A page is read from an index, beginning at the place where the page before ended, and ends after as
many rows as it shows. So each order of a list is that of an index, which stands at its table in
``engine/storage/tables``; numbers are counted up to a bound.

Statuses stand in the statements as literals: indexes of some statuses only are used then, also by
a prepared statement that PostgreSQL has planned once for all values.
"""
