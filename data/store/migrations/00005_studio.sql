-- The planner's studio: drafts of plans, each step of their making, and the codes
-- that unit grids were given, which are never given again.

-- +goose Up
CREATE TABLE draft (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    name         TEXT    NOT NULL,
    version      INTEGER NOT NULL,
    state        TEXT    NOT NULL,
    base         INTEGER REFERENCES plan (id),
    base_version INTEGER NOT NULL,
    plan         INTEGER REFERENCES plan (id), -- that it was published as
    plan_version INTEGER NOT NULL,
    author       INTEGER REFERENCES person (id),
    changed_by   INTEGER REFERENCES person (id),
    submitted_by INTEGER REFERENCES person (id),
    approved_by  INTEGER REFERENCES person (id),
    added_at     INTEGER NOT NULL,
    changed_at   INTEGER NOT NULL,
    units        INTEGER NOT NULL,
    parts        INTEGER NOT NULL,
    undo         INTEGER NOT NULL,
    redo         INTEGER NOT NULL
) STRICT;
CREATE INDEX draft_plan ON draft (plan);

-- What was done to a draft, and the step by which it is done again; moves from
-- state to state have none.
CREATE TABLE draft_step (
    draft   INTEGER NOT NULL REFERENCES draft (id),
    version INTEGER NOT NULL, -- that came of it
    at      INTEGER NOT NULL,
    who     INTEGER REFERENCES person (id),
    what    TEXT    NOT NULL CHECK (json_valid(what)),
    step    BLOB,
    PRIMARY KEY (draft, version)
) STRICT, WITHOUT ROWID;

-- A draft as it was in some version; later steps go on from there.
CREATE TABLE draft_image (
    draft   INTEGER PRIMARY KEY REFERENCES draft (id),
    version INTEGER NOT NULL,
    image   BLOB    NOT NULL
) STRICT;

CREATE TABLE unit_code (
    code       TEXT    PRIMARY KEY,
    plan       INTEGER NOT NULL REFERENCES plan (id), -- the first that has it
    given_at   INTEGER NOT NULL,
    retired_at INTEGER -- NULL = in use; a code once retired stays so
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE unit_code;
DROP TABLE draft_image;
DROP TABLE draft_step;
DROP TABLE draft;
