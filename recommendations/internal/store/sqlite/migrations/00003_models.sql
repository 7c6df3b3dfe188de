-- +goose Up
-- A model is written part by part, in transactions that readers' events get between. It is
-- there when it has a row here, which comes last and goes first.
CREATE TABLE models (
    version    INTEGER PRIMARY KEY,
    created_at INTEGER NOT NULL, -- microseconds since 1970
    size       INTEGER NOT NULL  -- bytes in all parts
);
CREATE TABLE model_parts (
    version INTEGER NOT NULL,
    part    INTEGER NOT NULL,
    data    BLOB    NOT NULL,
    PRIMARY KEY (version, part)
);

-- Grows with each change of models, which get their versions from it.
ALTER TABLE state ADD COLUMN model INTEGER NOT NULL DEFAULT 0;
-- The number of the last training lease, which alone may change models.
ALTER TABLE state ADD COLUMN lease INTEGER NOT NULL DEFAULT 0;
