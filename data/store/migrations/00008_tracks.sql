-- Positions around an alert, copied to it before the rest of the track is purged.

-- +goose Up
CREATE TABLE alert_track (
    alert INTEGER NOT NULL REFERENCES alert (id),
    part  INTEGER NOT NULL, -- one for each purge that copied some
    fixes BLOB    NOT NULL, -- of data/store: time and value, as in the store of fixes
    PRIMARY KEY (alert, part)
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_tracker ON alert (tracker, began);
CREATE INDEX alert_began ON alert (began);

-- +goose Down
DROP INDEX alert_began;
DROP INDEX alert_tracker;
DROP TABLE alert_track;
