-- +goose Up
-- What happened lately, with the book and the kind, and as part of the key the reader: days are
-- counted from the index alone. Events without a time, as old ratings often are, cost nothing.
CREATE INDEX activity_by_time ON activity (occurred_at, book_id, kind) WHERE occurred_at > 0;
