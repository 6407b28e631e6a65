-- Webhooks: other systems that are told of alerts, and what they didn't take.

-- +goose Up
CREATE TABLE hook (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    name    TEXT NOT NULL UNIQUE,
    url     TEXT NOT NULL,
    secret  TEXT NOT NULL, -- it signs, so it can't be kept as a hash
    off     INTEGER NOT NULL,
    seq     INTEGER NOT NULL, -- of the last change of an alert that was delivered or given up
    version INTEGER NOT NULL
) STRICT;
CREATE TABLE dead_letter (
    hook  INTEGER NOT NULL REFERENCES hook (id) ON DELETE CASCADE,
    seq   INTEGER NOT NULL,
    alert INTEGER NOT NULL REFERENCES alert (id),
    at    INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    why   TEXT NOT NULL,
    PRIMARY KEY (hook, seq)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE dead_letter;
DROP TABLE hook;
