-- +goose Up
CREATE TABLE books (
    id       INTEGER PRIMARY KEY,
    document TEXT NOT NULL -- recommend.Book as JSON
);

-- Clustered by reader: a history is one place in the file, not one for each event.
CREATE TABLE activity (
    user_id     INTEGER NOT NULL,
    occurred_at INTEGER NOT NULL, -- microseconds since 1970; 0: unknown
    seq         INTEGER NOT NULL, -- in the order of arrival
    event_id    TEXT    NOT NULL UNIQUE,
    book_id     INTEGER NOT NULL,
    kind        INTEGER NOT NULL, -- recommend.Kind
    rating      INTEGER NOT NULL,
    PRIMARY KEY (user_id, occurred_at DESC, seq DESC)
) WITHOUT ROWID;

-- One row, which every transaction that changes something changes as well.
CREATE TABLE state (
    catalog  INTEGER NOT NULL, -- the catalogue's revision
    activity INTEGER NOT NULL, -- grows with each transaction that changes what readers did
    seq      INTEGER NOT NULL  -- the last given to an event
);
INSERT INTO state VALUES (0, 0, 0);
