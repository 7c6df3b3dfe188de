-- +goose Up
-- What happened lately, with all that is counted of it: days are counted from the index alone.
-- Events without a time, as old ratings often are, cost nothing.
CREATE INDEX activity_by_time ON activity (occurred_at, book_id, kind, user_id) WHERE occurred_at > 0;
