-- What stands at a place for years, and the street that it, or a zone, lies at.
-- Streets are kept by OpenStreetMap way and place: another import numbers segments
-- anew.

-- +goose Up
CREATE TABLE object (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    code    TEXT    NOT NULL, -- '' = none
    name    TEXT    NOT NULL CHECK (json_valid(name)),
    kind    TEXT    NOT NULL,
    lon     REAL    NOT NULL,
    lat     REAL    NOT NULL,
    beside  TEXT    CHECK (json_valid(beside)), -- way, place on it, side; NULL = at no street
    version INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX object_code ON object (code) WHERE code <> '';
ALTER TABLE zone_version ADD COLUMN beside TEXT CHECK (json_valid(beside));

-- +goose Down
ALTER TABLE zone_version DROP COLUMN beside;
DROP TABLE object;
