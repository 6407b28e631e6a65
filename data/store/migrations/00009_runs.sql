-- The order in which runs are driven, and who has dropped out of a shift.

-- +goose Up
ALTER TABLE task ADD COLUMN place INTEGER NOT NULL DEFAULT 0; -- order in its person's run; 0 = none was given

CREATE TABLE dropped (
    shift INTEGER PRIMARY KEY REFERENCES shift (id) ON DELETE CASCADE,
    at    INTEGER NOT NULL
) STRICT;

-- +goose Down
DROP TABLE dropped;
ALTER TABLE task DROP COLUMN place;
