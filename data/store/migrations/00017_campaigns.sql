-- Campaigns: enforcement days that come back, the days as planned, and what was found.

-- +goose Up
CREATE TABLE campaign (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    name      TEXT    NOT NULL CHECK (json_valid(name)),
    area      INTEGER NOT NULL REFERENCES area (id),
    calendar  TEXT    NOT NULL CHECK (json_valid(calendar)),
    paused    INTEGER NOT NULL,
    lon       REAL    NOT NULL, -- where pairs meet
    lat       REAL    NOT NULL,
    roads     TEXT    NOT NULL CHECK (json_valid(roads)),
    people    TEXT    NOT NULL CHECK (json_valid(people)),
    teams     TEXT    NOT NULL CHECK (json_valid(teams)),
    tag       TEXT    NOT NULL, -- '' = of no matter
    alone     INTEGER NOT NULL,
    pace      INTEGER NOT NULL, -- metres a minute
    checklist TEXT    NOT NULL CHECK (json_valid(checklist)),
    version   INTEGER NOT NULL
) STRICT;
CREATE TABLE campaign_day (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    campaign  INTEGER NOT NULL REFERENCES campaign (id),
    begin_at  INTEGER NOT NULL,
    end_at    INTEGER NOT NULL,
    off       INTEGER NOT NULL,
    map       TEXT    NOT NULL, -- id of the map of the walks
    seed      INTEGER NOT NULL,
    roads     TEXT    NOT NULL CHECK (json_valid(roads)), -- names
    checklist TEXT    NOT NULL CHECK (json_valid(checklist)),
    pairs     TEXT    NOT NULL CHECK (json_valid(pairs)),
    rest      TEXT    NOT NULL CHECK (json_valid(rest)), -- what is in no walk
    version   INTEGER NOT NULL,
    UNIQUE (campaign, begin_at)
) STRICT;
CREATE INDEX campaign_day_begin ON campaign_day (begin_at);
CREATE TABLE campaign_sheet (
    day     INTEGER NOT NULL REFERENCES campaign_day (id),
    pair    INTEGER NOT NULL,
    road    INTEGER NOT NULL,
    counts  TEXT    NOT NULL CHECK (json_valid(counts)),
    note    TEXT    NOT NULL,
    person  INTEGER NOT NULL REFERENCES person (id),
    at      INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (day, pair, road)
) STRICT;

-- +goose Down
DROP TABLE campaign_sheet;
DROP TABLE campaign_day;
DROP TABLE campaign;
