-- Streets that are closed or slower for a time.

-- +goose Up
CREATE TABLE closure (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    state    TEXT    NOT NULL, -- proposed, approved, declined
    reason   TEXT    NOT NULL,
    from_at  INTEGER NOT NULL, -- holds in from <= t < to
    to_at    INTEGER CHECK (from_at < to_at), -- NULL = until it is taken back
    calendar TEXT    CHECK (json_valid(calendar)), -- NULL = always
    -- What was drawn, the streets meant by it, and what becomes of them. Streets are
    -- kept by OpenStreetMap way and shape: another import numbers segments anew.
    what     TEXT    NOT NULL CHECK (json_valid(what)),
    by       INTEGER REFERENCES person (id),
    decided  INTEGER REFERENCES person (id),
    version  INTEGER NOT NULL
) STRICT;

-- +goose Down
DROP TABLE closure;
