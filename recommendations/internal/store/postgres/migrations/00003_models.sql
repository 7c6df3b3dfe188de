-- +goose Up
-- One row. Grows with each change of models, which get their versions from it.
CREATE TABLE training (revision bigint NOT NULL);
INSERT INTO training VALUES (0);

CREATE TABLE models (
    version    bigint PRIMARY KEY,
    created_at bigint NOT NULL, -- microseconds since 1970
    size       bigint NOT NULL  -- bytes in all parts
);

-- A model is kept in parts, so that neither side needs memory for a second copy of it.
CREATE TABLE model_parts (
    version bigint  NOT NULL REFERENCES models ON DELETE CASCADE,
    part    integer NOT NULL,
    data    bytea   NOT NULL,
    PRIMARY KEY (version, part)
);
-- Without another try to compress what a model's own format has made small.
ALTER TABLE model_parts ALTER COLUMN data SET STORAGE EXTERNAL;

-- +goose StatementBegin
CREATE FUNCTION tell_model() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('bookmarket', 'model');
    RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER tell AFTER UPDATE ON training FOR EACH ROW EXECUTE FUNCTION tell_model();
