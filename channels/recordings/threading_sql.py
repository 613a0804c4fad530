"""The statements that turn rows in any order into threads of accounts, in order.

For :mod:`channels.recordings.recording` alone, over its own temporary SQLite file.
"""

TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE post (
    seq INTEGER PRIMARY KEY,  -- the order of the file
    line INTEGER, external_id TEXT, author_id TEXT, author TEXT, own INTEGER,
    at INTEGER,  -- microseconds since 1970, UTC
    text TEXT, parent TEXT, thread TEXT, account TEXT, addressed TEXT,
    name TEXT, reach INTEGER, private INTEGER, url TEXT,
    up INTEGER  -- seq of the post it answers, and in the end of the first one in its thread
);
CREATE TABLE handle (lower TEXT PRIMARY KEY, handle TEXT);
CREATE TABLE addressee (up INTEGER PRIMARY KEY, account TEXT);
CREATE TABLE placed (ordinal INTEGER PRIMARY KEY, seq INTEGER, account TEXT, thread TEXT);
"""

INSERT = """
INSERT INTO post (line, external_id, author_id, author, own, at, text, parent, thread, account,
                  addressed, name, reach, private, url)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

#: A post told twice counts once here: the answers belong to the first telling.
FIND_PARENTS = """
CREATE INDEX post_id ON post (external_id, seq);
UPDATE post SET up = CASE WHEN thread IS NULL THEN coalesce(
    (SELECT asked.seq FROM post asked WHERE asked.external_id = post.parent
     ORDER BY asked.seq LIMIT 1), seq) ELSE seq END;
"""

LOOK_FURTHER_UP = """
UPDATE post SET up = (SELECT above.up FROM post above WHERE above.seq = post.up)
WHERE up <> (SELECT above.up FROM post above WHERE above.seq = post.up)
"""

#: A thread belongs to the account that is named, else to the first of ours that answers in it,
#: else to the first handle that a customer addresses. Handles are told apart without case.
FIND_ACCOUNTS = """
INSERT OR IGNORE INTO handle SELECT lower(author), author FROM post WHERE own ORDER BY seq;
INSERT OR IGNORE INTO handle SELECT lower(account), account FROM post WHERE account IS NOT NULL
    ORDER BY seq;
INSERT OR IGNORE INTO handle SELECT lower(addressed), addressed FROM post
    WHERE addressed IS NOT NULL AND NOT own ORDER BY seq;
INSERT OR IGNORE INTO addressee SELECT up, account FROM post WHERE account IS NOT NULL
    ORDER BY at, seq;
INSERT OR IGNORE INTO addressee SELECT up, author FROM post WHERE own ORDER BY at, seq;
INSERT OR IGNORE INTO addressee SELECT up, addressed FROM post
    WHERE addressed IS NOT NULL AND NOT own ORDER BY at, seq;
"""

WITHOUT_ACCOUNT = """
SELECT line FROM post WHERE NOT EXISTS (SELECT 1 FROM addressee WHERE addressee.up = post.up)
ORDER BY seq
"""

PUT_IN_ORDER = """
INSERT INTO placed (seq, account, thread)
SELECT post.seq, handle.handle, coalesce(post.thread, first.thread, first.external_id)
FROM post
JOIN addressee ON addressee.up = post.up
JOIN handle ON handle.lower = lower(addressee.account)
JOIN post first ON first.seq = post.up
ORDER BY post.at, post.seq;
CREATE INDEX placed_account ON placed (account, ordinal);
"""

COUNT_MENTIONS = """
SELECT count(*) FROM placed JOIN post ON post.seq = placed.seq WHERE NOT post.own
"""

#: ``account`` is a condition of ours, never a text of the file.
POSTS = """
SELECT placed.ordinal, placed.account, post.external_id, post.author_id, post.author, post.own,
       post.at, post.text, post.parent, placed.thread, post.name, post.reach, post.private, post.url
FROM placed JOIN post ON post.seq = placed.seq
WHERE placed.ordinal > ? {account}
ORDER BY placed.ordinal LIMIT ?
"""
