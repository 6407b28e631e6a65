-- Spots that patrols call at within their hours, and the calls of walks.

-- +goose Up
CREATE TABLE spot (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    name     TEXT    NOT NULL CHECK (json_valid(name)),
    theme    TEXT    NOT NULL, -- '' = not told
    lon      REAL    NOT NULL,
    lat      REAL    NOT NULL,
    team     INTEGER NOT NULL REFERENCES team (id),
    visits   INTEGER NOT NULL, -- in each window
    stay_min INTEGER NOT NULL,
    calendar TEXT    CHECK (json_valid(calendar)), -- NULL = while the team is on patrol
    version  INTEGER NOT NULL
) STRICT;
CREATE INDEX spot_team ON spot (team);
ALTER TABLE walk ADD COLUMN calls TEXT CHECK (json_valid(calls)); -- NULL = none

-- +goose Down
ALTER TABLE walk DROP COLUMN calls;
DROP TABLE spot;
