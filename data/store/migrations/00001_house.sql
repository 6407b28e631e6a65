-- The first form of the house: settings, areas, persons, sessions, audit.
--
-- Times are nanoseconds since 1970 in UTC, 0 for none. Texts in several
-- languages are JSON objects. A boundary is EWKB with SRID 4326, as PostGIS
-- takes it. Ids are AUTOINCREMENT, so that none is ever given twice.

-- +goose Up
CREATE TABLE settings (
    one       INTEGER PRIMARY KEY CHECK (one = 1), -- at most one row; none before setup
    bureau    TEXT    NOT NULL CHECK (json_valid(bureau)),
    time_zone TEXT    NOT NULL,
    region    TEXT    NOT NULL,
    language  TEXT    NOT NULL
) STRICT;

CREATE TABLE area (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    parent   INTEGER REFERENCES area (id), -- NULL for the bureau alone
    kind     TEXT    NOT NULL,
    code     TEXT    NOT NULL,
    name     TEXT    NOT NULL CHECK (json_valid(name)),
    boundary BLOB, -- NULL when not drawn yet
    version  INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX area_one_root ON area ((parent IS NULL)) WHERE parent IS NULL;
CREATE UNIQUE INDEX area_code ON area (code) WHERE code <> '';
CREATE INDEX area_parent ON area (parent);

CREATE TABLE person (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    login         TEXT    NOT NULL UNIQUE, -- persons are never removed, so a login is never re-used
    name          TEXT    NOT NULL,
    disabled      INTEGER NOT NULL CHECK (disabled IN (0, 1)),
    password_hash TEXT    NOT NULL,
    must_change   INTEGER NOT NULL CHECK (must_change IN (0, 1)),
    failures      INTEGER NOT NULL,
    locked_until  INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    version       INTEGER NOT NULL
) STRICT;

CREATE TABLE person_grant (
    person INTEGER NOT NULL REFERENCES person (id),
    place  INTEGER NOT NULL, -- order in which they were given
    role   TEXT    NOT NULL,
    area   INTEGER NOT NULL REFERENCES area (id),
    PRIMARY KEY (person, role, area)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_grant_area ON person_grant (area);

CREATE TABLE session (
    hash   BLOB    PRIMARY KEY, -- SHA-256 of the token
    person INTEGER REFERENCES person (id), -- NULL before login
    data   BLOB    NOT NULL,
    expiry INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_person ON session (person);
CREATE INDEX session_expiry ON session (expiry);

CREATE TABLE audit (
    seq    INTEGER PRIMARY KEY,
    at     INTEGER NOT NULL,
    who    TEXT    NOT NULL,
    origin TEXT    NOT NULL,
    verb   TEXT    NOT NULL,
    object TEXT    NOT NULL,
    detail TEXT    NOT NULL,
    hash   BLOB    NOT NULL
) STRICT;
-- The end of the log, so that a cut-off tail shows.
CREATE TABLE audit_head (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    seq  INTEGER NOT NULL,
    hash BLOB    NOT NULL
) STRICT;
INSERT INTO audit_head VALUES (1, 0, zeroblob(32));

-- +goose Down
DROP TABLE audit_head;
DROP TABLE audit;
DROP TABLE session;
DROP TABLE person_grant;
DROP TABLE person;
DROP TABLE area;
DROP TABLE settings;
