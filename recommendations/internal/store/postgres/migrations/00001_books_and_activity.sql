-- +goose Up
CREATE TABLE books (
    id       bigint PRIMARY KEY,
    document jsonb  NOT NULL -- recommend.Book
);

-- One row. Who puts books holds it locked.
CREATE TABLE catalog (revision bigint NOT NULL);
INSERT INTO catalog VALUES (0);

-- Events get their numbers from here, in the order of their arrival.
CREATE SEQUENCE arrivals;

CREATE TABLE activity (
    user_id     bigint   NOT NULL,
    occurred_at bigint   NOT NULL, -- microseconds since 1970; 0: unknown
    seq         bigint   NOT NULL,
    book_id     bigint   NOT NULL,
    kind        smallint NOT NULL, -- recommend.Kind
    rating      smallint NOT NULL,
    event_id    text     COLLATE "C" PRIMARY KEY -- compared byte by byte, whatever the database's own collation
);
CREATE UNIQUE INDEX activity_by_reader ON activity (user_id, occurred_at DESC, seq DESC);

-- Watchers are told by the database itself, so that no statement can forget to: a transaction
-- that changes something notifies them when it commits. They listen to "bookmarket".

-- +goose StatementBegin
CREATE FUNCTION tell_catalog() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('bookmarket', 'catalog');
    RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER tell AFTER UPDATE ON catalog FOR EACH ROW EXECUTE FUNCTION tell_catalog();

-- A message has fewer than 8,000 bytes. Where so many readers did something that their ids are
-- more, it is all of them.
-- +goose StatementBegin
CREATE FUNCTION tell_readers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    readers text;
BEGIN
    SELECT string_agg(DISTINCT user_id::text, ',') INTO readers FROM changed;
    IF readers IS NOT NULL THEN
        PERFORM pg_notify('bookmarket', CASE WHEN length(readers) < 8000 THEN readers ELSE 'all' END);
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

-- An event that is replaced may have been another reader's: both are told of.
CREATE TRIGGER tell_inserted AFTER INSERT ON activity REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tell_readers();
CREATE TRIGGER tell_replaced AFTER UPDATE ON activity REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tell_readers();
CREATE TRIGGER tell_updated AFTER UPDATE ON activity REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tell_readers();
CREATE TRIGGER tell_deleted AFTER DELETE ON activity REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tell_readers();
