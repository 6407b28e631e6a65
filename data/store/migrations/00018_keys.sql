-- Orders of walks: what patrols see first, and why each thing is where it is.

-- +goose Up
CREATE TABLE ranking (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    team    INTEGER UNIQUE REFERENCES team (id), -- NULL = the bureau's
    keys    TEXT    NOT NULL CHECK (json_valid(keys)),
    version INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX ranking_of_bureau ON ranking (coalesce(team, 0));
ALTER TABLE walk ADD COLUMN keys TEXT CHECK (json_valid(keys)); -- NULL = it was made without

-- +goose Down
ALTER TABLE walk DROP COLUMN keys;
DROP TABLE ranking;
